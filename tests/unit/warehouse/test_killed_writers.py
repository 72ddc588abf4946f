"""`kill -9` at any moment: every snapshot that is seen is whole, and no litter stays."""

import os
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from asterism.warehouse import Warehouse

#: Waits for a line, then forks a process that writes snapshots until it is killed.
NURSERY = """
import os, sys
from datetime import date
from pathlib import Path
import pyarrow as pa, pyarrow.parquet as pq
from asterism.warehouse import Warehouse

def write(number, draft):
    for dataset in ("left", "right"):
        path = draft.directory / dataset / "all.parquet"
        path.parent.mkdir()
        pq.write_table(pa.table({"number": [number] * 1000}), path)
        draft.replace(dataset, [draft.part(path)])

def live(warehouse):
    number = 0
    while True:
        number += 1
        parent = (warehouse.list() or (None,))[-1]
        draft = warehouse.begin(parent, date(2026, 1, 1))
        write(os.getpid() * 1000 + number, draft)
        draft.seal()
        if number % 3 == 0:
            warehouse.prune(4)

warehouse = Warehouse(Path(sys.argv[1]))
pq.write_table(pa.table({"number": [0]}), pa.BufferOutputStream())  # everything is loaded now
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        live(warehouse)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("dead", flush=True)
"""
KILLS = 25


def numbers(warehouse: Warehouse) -> list[set[int]]:
    """Return what is in each listed snapshot; one number if it is no mixture."""
    found = []
    for snapshot in warehouse.list():
        assert snapshot.verify() == ()
        content: set[int] = set()
        for dataset in ("left", "right"):
            (part,) = snapshot.datasets[dataset]
            content |= set(pq.read_table(snapshot.file(part))["number"].to_pylist())
        found.append(content)
    return found


def test_a_killed_writer_leaves_old_or_new_and_never_a_mixture(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    moments = np.random.default_rng(7).uniform(0.0, 0.2, KILLS)
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for moment in moments:
            nursery.stdin.write("\n")
            nursery.stdin.flush()
            child = int(nursery.stdout.readline())
            time.sleep(moment)
            os.kill(child, signal.SIGKILL)
            assert nursery.stdout.readline() == "dead\n"
            assert all(len(content) == 1 for content in numbers(warehouse))
        nursery.stdin.close()
    assert warehouse.list(), "some writers lived long enough"
    warehouse.begin(None, date(2026, 1, 1)).abandon()
    leftovers = [path.name for path in warehouse.rooms.parts.iterdir() if path.name[0] == "."]
    assert leftovers == []
    owners = {path.name for path in warehouse.rooms.parts.iterdir()}
    retired = {path.stem for path in warehouse.rooms.retired.glob("*.json")}
    assert owners <= {snapshot.id for snapshot in warehouse.list()} | retired
