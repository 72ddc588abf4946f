"""Files and directories that appear whole or not at all, even when power fails."""

import os
import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

_AT_ONCE = 16


def sync_directory(path: Path) -> None:
    """Force a directory's entries to disk."""
    _sync(path)


def sync_tree(path: Path) -> None:
    """Force everything below `path`, and `path` itself, to disk.

    Many at a time: a file system answers waiting requests together.
    """
    files, directories = [], []
    for directory, _, names in os.walk(path):
        directories.append(Path(directory))
        files += [Path(directory) / name for name in names]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        for group in (files, directories):
            list(pool.map(_sync, group))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` beside `path`, force it to disk and move it into place."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(content)
    _sync(partial)
    partial.replace(path)
    _sync(path.parent)


def write_all_atomically(contents: Mapping[Path, bytes]) -> None:
    """Write several files, each whole or not at all, forcing them to disk many at a time."""
    partials = {path.with_name(f".{path.name}.partial"): path for path in contents}
    for partial, path in partials.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(contents[path])
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        list(pool.map(_sync, partials))
        for partial, path in partials.items():
            partial.replace(path)
        list(pool.map(_sync, {path.parent for path in contents}))


@contextmanager
def directory_appearing_whole(path: Path) -> Iterator[Path]:
    """Yield a directory to fill; on success it is synced and renamed to `path`, else removed."""
    partial = path.with_name(f".{path.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    sync_tree(partial)
    partial.rename(path)
    _sync(path.parent)
