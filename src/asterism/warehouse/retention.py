"""What is kept, what is swept: unfinished drafts at once, pruned parts after a grace."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path, PurePath

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
    expired: list[Path] = []
    waiting: list[Path] = []
    for path in sorted(rooms.retired.glob("*.json")):
        (expired if _has_passed(path, now, grace) else waiting).append(path)
    if not expired:
        return
    kept: set[str] = set()
    for path in (*rooms.snapshots.glob("*.json"), *waiting):
        kept |= Manifest.read(path).files
    for path in expired:
        _remove(rooms, Manifest.read(path), kept)
        path.unlink()
        _mark(path).unlink()


def _has_passed(path: Path, now: datetime, grace: timedelta) -> bool:
    """Tell whether a retired manifest's grace is over; it begins with the first look."""
    mark = _mark(path)
    if not mark.exists():
        mark.write_text(now.isoformat())
    return datetime.fromisoformat(mark.read_text()) + grace <= now


def _mark(path: Path) -> Path:
    return path.with_suffix(".since")


def _remove(rooms: Rooms, manifest: Manifest, kept: set[str]) -> None:
    """Remove a snapshot's files that are not `kept`, and what directories that leaves empty."""
    directories = {PurePath(manifest.id)}
    for file in manifest.files - kept:
        (rooms.parts / file).unlink(missing_ok=True)
        directories.update(PurePath(file).parents)
    for directory in sorted(directories - {PurePath()}, reverse=True):
        path = rooms.parts / directory
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
