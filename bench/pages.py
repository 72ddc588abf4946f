"""How long the console takes: every page of a bank, and counting audiences through HTTP.

Pages are measured on a simulated bank after two days of the loop, or on the bank in `--home`.
Counting is measured on `--audience-customers` customers (as many as the bank has, by default)
whose columns alone exist; expressions are typed key by key, and only those that are valid count.
The server runs in a process of its own; times are those of a client on the same machine.
"""

import argparse
import http.client
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import uvicorn

from asterism.audience import Catalogue, ColumnsWriter, InvalidAudienceError, compile_audience
from asterism.bootstrap import Asterism, open_asterism
from asterism.bootstrap.web import console
from asterism.demo import run_demo
from asterism.insight.profiles import ProfilesWriter
from asterism.insight.snapshots import publish
from asterism.insight.tags import catalogue
from asterism.kernel.clock import SystemClock
from asterism.kernel.errors import ConflictError
from asterism.server.auth import Role, add_key, add_user
from asterism.settings import Settings
from audience import BATCHES, SPECS, TYPED, batch
from measurement import report

PAGES = (
    "/",
    "/customers",
    "/customers?audience=tier%20%3D%20%27gold%27",
    "/tags",
    "/tags/aum",
    "/audiences",
    "/audiences/charts?expression=tier%20%3D%20%27gold%27",
    "/audiences/overlap?expression=tier%20%3D%20%27gold%27",
    "/map",
    "/strategies",
    "/touches",
    "/worklist",
    "/review",
)
LOG_IN = "bench"


def main() -> None:
    """Measure pages, then counting; or serve a bank for the measuring process."""
    arguments = parse()
    if arguments.serve:
        serve(Path(arguments.home), arguments.serve)
        return
    scratch = Path(tempfile.mkdtemp(prefix="pages-", dir=arguments.directory))
    try:
        report({**pages(arguments, scratch), **counting(arguments, scratch)}, arguments.json)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=5_000)
    parser.add_argument("--audience-customers", type=int, default=0, help="default: --customers")
    parser.add_argument("--repeats", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", default="", help="measure the pages of this bank instead")
    parser.add_argument("--directory", help="where to put the banks")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args()


def pages(arguments: argparse.Namespace, scratch: Path) -> dict[str, object]:
    """Return the median and the slowest milliseconds of each page."""
    home = Path(arguments.home or scratch / "bank")
    bank = open_asterism(Settings(home=home))
    if not arguments.home:
        run_demo(bank, customers=arguments.customers, days=2, seed=arguments.seed)
    key = key_of(bank)
    with served(home) as client:
        customers = client.ask("/api/v1/audiences/count", key)["population"]
        worth = client.page("/customers", key).split('href="/customers/')[1].split('"')[0]
        paths = [*PAGES, f"/customers/{worth}"]
        times = {path: client.times(path, key, arguments.repeats) for path in paths}
    named = {path: path.split("?")[0] + ("?…" if "?" in path else "") for path in paths}
    named[paths[-1]] = "/customers/{id}"
    figures: dict[str, object] = {"customers": customers}
    for path in paths:
        figures[f"{named[path]} p50 ms"] = round(float(np.quantile(times[path], 0.5)), 1)
        figures[f"{named[path]} max ms"] = round(max(times[path]), 1)
    figures["slowest page p50 ms"] = round(max(float(np.median(t)) for t in times.values()), 1)
    return figures


def counting(arguments: argparse.Namespace, scratch: Path) -> dict[str, object]:
    """Return how long audiences take to count through HTTP while they are typed."""
    size = arguments.audience_customers or arguments.customers
    home = scratch / "columns"
    bank = open_asterism(Settings(home=home))
    publish_columns(bank, size, arguments.seed)
    key = key_of(bank)
    expressions = list(typed())
    cold, warm = [], []
    with served(home) as client:
        client.count("age > 1000", key)
        for _ in range(3):
            client.count("TRUE", key)
        for text in expressions:
            cold.append(client.count(text, key))
            warm.append(client.count(text, key))
    return {
        "counted customers": size,
        "expressions": len(expressions),
        **quantiles("count first time", cold),
        **quantiles("count again", warm),
        **quantiles("count", [*cold, *warm]),
    }


def quantiles(name: str, times: Sequence[float]) -> dict[str, object]:
    """Return the median and the 99th percentile, milliseconds."""
    p50, p99 = np.quantile(times, [0.5, 0.99])
    return {f"{name} p50 ms": round(float(p50), 2), f"{name} p99 ms": round(float(p99), 2)}


def typed() -> Iterator[str]:
    """Yield every prefix of what is typed that is an audience of the real catalogue."""
    known = Catalogue(catalogue().tags)
    for text in TYPED:
        for end in range(1, len(text) + 1):
            prefix = text[:end]
            if prefix.endswith(" ") or "IN_SEGMENT" in prefix:
                continue
            try:
                compile_audience(prefix, known)
            except InvalidAudienceError:
                continue
            yield prefix


def publish_columns(bank: Asterism, size: int, seed: int) -> None:
    """Publish a snapshot that holds columns and one profile."""
    generator = np.random.default_rng(seed)
    with bank.bank.warehouse.begin(None, date(2026, 1, 31)) as draft:
        writer = ColumnsWriter(draft.directory / "columns", SPECS, size)
        bounds = np.linspace(0, size, BATCHES + 1).astype(int)
        for start, end in pairwise(bounds):
            ids = [f"C{number:09d}" for number in range(start, end)]
            writer.append(ids, batch(generator, int(end - start)))
        writer.close()
        ProfilesWriter(draft.directory / "profiles", (), 1).close()
        for dataset in ("columns", "profiles"):
            draft.add_directory(dataset)
        snapshot = draft.seal()
    publish(bank.bank.engine, snapshot, bank.bank.clock)


def key_of(bank: Asterism) -> str:
    """Return an API key that may see everything."""
    engine, clock = bank.bank.engine, bank.bank.clock
    with suppress(ConflictError):
        add_user(engine, LOG_IN, "measured, not used", Role.ADMINISTRATOR, None, None, clock)
    return add_key(engine, LOG_IN, "bench", clock)


class Client:
    """Asks one server over one connection that stays open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def page(self, path: str, key: str) -> str:
        """Return a page's text; an answer other than 200 is an error."""
        self._connection.request("GET", path, headers={"authorization": f"Bearer {key}"})
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path}: {answer.status} {text[:300]}")
        return text

    def ask(self, path: str, key: str) -> dict[str, object]:
        """Return an answer of the API."""
        found: dict[str, object] = json.loads(self.page(path, key))
        return found

    def times(self, path: str, key: str, repeats: int) -> list[float]:
        """Return the milliseconds of several requests, the first left out."""
        self.page(path, key)
        return [self._timed(path, key) for _ in range(repeats)]

    def count(self, text: str, key: str) -> float:
        """Return the milliseconds of one count."""
        query = "".join(f"%{byte:02x}" for byte in text.encode())
        return self._timed(f"/api/v1/audiences/count?expression={query}", key)

    def _timed(self, path: str, key: str) -> float:
        started = time.perf_counter()
        self.page(path, key)
        return (time.perf_counter() - started) * 1000


@contextmanager
def served(home: Path) -> Iterator[Client]:
    """Serve the bank at `home` in another process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--home", str(home), "--serve", str(port)]
    process = subprocess.Popen(command)
    try:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield Client(port)
    finally:
        process.terminate()
        process.wait()


def serve(home: Path, port: int) -> None:
    """Serve until ended."""
    app = console(open_asterism(Settings(home=home), SystemClock()))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main()
