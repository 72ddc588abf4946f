"""What is kept, what is swept: unfinished drafts at once, pruned parts after a grace."""

import shutil
from datetime import datetime, timedelta

from asterism.warehouse.manifest import Manifest
from asterism.warehouse.rooms import Rooms, is_held


def sweep(rooms: Rooms) -> None:
    """Remove what drafts left whose process died before they were sealed."""
    for lock in rooms.parts.glob(".*.lock"):
        draft_id = lock.name.removeprefix(".").removesuffix(".lock")
        if is_held(lock):
            continue
        shutil.rmtree(rooms.partial(draft_id), ignore_errors=True)
        if not rooms.manifest(draft_id).exists():
            shutil.rmtree(rooms.parts / draft_id, ignore_errors=True)
        lock.unlink(missing_ok=True)


def retire(rooms: Rooms, snapshot_id: str) -> None:
    """Make a snapshot invisible to those who look now; who has it open reads on."""
    rooms.manifest(snapshot_id).rename(rooms.retired / f"{snapshot_id}.json")


def collect(rooms: Rooms, now: datetime, grace: timedelta) -> None:
    """Remove parts that only snapshots use which were retired longer than `grace` ago."""
    kept: set[str] = set()
    for path in rooms.snapshots.glob("*.json"):
        kept |= Manifest.read(path).files
    expired = []
    for path in sorted(rooms.retired.glob("*.json")):
        manifest = Manifest.read(path)
        mark = path.with_suffix(".since")
        if not mark.exists():
            mark.write_text(now.isoformat())
        if datetime.fromisoformat(mark.read_text()) + grace <= now:
            expired.append((path, manifest))
        else:
            kept |= manifest.files
    for path, manifest in expired:
        for file in sorted(manifest.files - kept):
            (rooms.parts / file).unlink(missing_ok=True)
        path.unlink()
        path.with_suffix(".since").unlink()
    _remove_empty_directories(rooms)


def _remove_empty_directories(rooms: Rooms) -> None:
    for directory in sorted(rooms.parts.rglob("*"), reverse=True):
        inside_draft = directory.relative_to(rooms.parts).parts[0].startswith(".")
        if directory.is_dir() and not inside_draft and not any(directory.iterdir()):
            directory.rmdir()
