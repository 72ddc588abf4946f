"""The console's own and vendored files: named by their content, kept for a year, sent small."""

import gzip
import hashlib
import mimetypes
import threading
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

DIRECTORY = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
_SMALL = {".js", ".css", ".svg", ".json", ".txt"}
_LEVEL = 9


@dataclass(slots=True)
class Asset:
    """One file, and how it is sent."""

    content: bytes
    media_type: str
    compressible: bool
    _packed: bytes | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def packed(self) -> bytes:
        """Return the content gzipped; the first request pays for it."""
        with self._lock:
            if self._packed is None:
                self._packed = gzip.compress(self.content, _LEVEL, mtime=0)
            return self._packed


class Assets:
    """All files below a directory, under one hash of their whole content.

    One hash for all lets a style sheet name a font by its relative address.
    """

    def __init__(self, directory: Path = DIRECTORY) -> None:
        self._assets: dict[str, Asset] = {}
        digest = hashlib.sha256()
        for path in sorted(path for path in directory.rglob("*") if path.is_file()):
            name = path.relative_to(directory).as_posix()
            content = path.read_bytes()
            digest.update(f"{name}:{len(content)}:".encode())
            digest.update(content)
            kind = _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "text/plain"
            self._assets[name] = Asset(content, kind, path.suffix in _SMALL)
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Return the address of a file; KeyError for one that is not there."""
        if name not in self._assets:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    def respond(self, request: Request, version: str, name: str) -> Response:
        """Send a file; one asked for under an older hash is sent but not kept."""
        asset = self._assets.get(name)
        if asset is None:
            return Response(status_code=404)
        headers = {
            "cache-control": _FOREVER if version == self.version else "no-cache",
            "vary": "accept-encoding",
        }
        if asset.compressible and "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
            return Response(asset.packed(), media_type=asset.media_type, headers=headers)
        return Response(asset.content, media_type=asset.media_type, headers=headers)
