"""Brings the console's third-party files, at pinned versions, into the tree with their licences.

Run from the repository's root; `npm` must be able to reach its own registry. See
docs/how-to/update-vendored-assets.md.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

SERVER = Path(__file__).parents[1] / "src" / "asterism" / "server"
VENDOR = SERVER / "static" / "vendor"
SPRITE = SERVER / "static" / "icons.svg"


@dataclass(frozen=True, slots=True)
class Asset:
    """One package of the registry and the files of it that the console uses."""

    package: str
    version: str
    licence: str
    directory: str
    #: Path in the package → name in the tree.
    files: dict[str, str]
    #: The package with the same author and licence whose licence file stands for a missing one.
    licensed_like: str = ""


ASSETS = (
    Asset(
        package="@tabler/core",
        version="1.6.1",
        licence="MIT",
        directory="tabler",
        files={
            "dist/css/tabler.min.css": "tabler.min.css",
            "dist/js/tabler.min.js": "tabler.min.js",
        },
        licensed_like="@tabler/icons",
    ),
    Asset(
        package="htmx.org",
        version="2.0.11",
        licence="0BSD",
        directory="htmx",
        files={"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"},
    ),
    Asset(
        package="echarts",
        version="6.1.0",
        licence="Apache-2.0",
        directory="echarts",
        files={
            "dist/echarts.min.js": "echarts.min.js",
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
            "licenses/LICENSE-d3": "LICENSE-d3",
        },
    ),
    Asset(
        package="@fontsource-variable/inter",
        version="5.3.0",
        licence="OFL-1.1",
        directory="inter",
        files={
            "files/inter-latin-wght-normal.woff2": "inter-latin.woff2",
            "LICENSE": "LICENSE",
        },
    ),
)
ICONS = Asset(package="@tabler/icons", version="3.51.0", licence="MIT", directory="icons", files={})
#: Comments that point a browser's developer tools at files that are not shipped.
_SOURCE_MAP = re.compile(rb"\n?(/\*|//)[#@] sourceMappingURL=\S+( \*/|\*/)?\s*$")


def unpack(asset: Asset, into: Path) -> Path:
    """Fetch the asset's package with the registry's own client; return its unpacked folder."""
    subprocess.run(  # noqa: S603 - fixed arguments
        ["npm", "pack", f"{asset.package}@{asset.version}", "--silent"],  # noqa: S607
        cwd=into,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    archive = max(into.glob("*.tgz"), key=lambda path: path.stat().st_mtime_ns)
    folder = into / asset.directory
    with tarfile.open(archive) as content:
        content.extractall(folder, filter="data")
    archive.unlink()
    return folder / "package"


def vendor(asset: Asset, package: Path) -> dict[str, object]:
    """Copy the asset's files; return its line in the manifest."""
    target = VENDOR / asset.directory
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    sums: dict[str, str] = {}
    for source, name in asset.files.items():
        content = _SOURCE_MAP.sub(b"\n", (package / source).read_bytes())
        (target / name).write_bytes(content)
        sums[f"{asset.directory}/{name}"] = hashlib.sha256(content).hexdigest()
    return {
        "package": asset.package,
        "version": asset.version,
        "licence": asset.licence,
        "sha256": sums,
    }


def icons_used() -> list[str]:
    """Return the names of the icons that templates and pages ask for."""
    names: set[str] = set()
    for path in [*SERVER.rglob("*.html"), *SERVER.rglob("*.py")]:
        text = path.read_text()
        names.update(re.findall(r"""\b(?:icon|empty)\(\s*["']([a-z0-9-]+)["']""", text))
        names.update(re.findall(r"""\bicon(?:_name)?\s*[=:]\s*["']([a-z0-9-]+)["']""", text))
    return sorted(names)


def write_sprite(package: Path) -> None:
    """Draw one sprite of the icons used."""
    symbols = []
    for name in icons_used():
        drawing = (package / "icons" / "outline" / f"{name}.svg").read_text()
        body = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
        body = " ".join(body.split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    content = "\n".join(symbols)
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{content}\n</svg>\n')


def main() -> None:
    """Vendor everything and write the manifest."""
    with tempfile.TemporaryDirectory() as scratch:
        lines = [vendor(asset, unpack(asset, Path(scratch))) for asset in ASSETS]
        icons = unpack(ICONS, Path(scratch))
        write_sprite(icons)
        licence = (icons / "LICENSE").read_bytes()
    for directory in ["icons", *(a.directory for a in ASSETS if a.licensed_like)]:
        (VENDOR / directory).mkdir(exist_ok=True)
        (VENDOR / directory / "LICENSE").write_bytes(licence)
    lines.append(
        {
            "package": ICONS.package,
            "version": ICONS.version,
            "licence": ICONS.licence,
            "sha256": {"icons/LICENSE": hashlib.sha256(licence).hexdigest()},
        }
    )
    (VENDOR / "manifest.json").write_text(json.dumps(lines, indent=2) + "\n")


if __name__ == "__main__":
    main()
