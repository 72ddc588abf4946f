"""Compiles the message catalogues into the wheel."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(root: Path) -> None:
    """Write a `.mo` beside every `.po` below `root`."""
    for po in root.rglob("*.po"):
        with po.open("rb") as source, po.with_suffix(".mo").open("wb") as target:
            write_mo(target, read_po(source))


class CompileCatalogues(BuildHookInterface):  # type: ignore[type-arg]
    """Hatch hook: catalogues first, then the files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile before the wheel's files are gathered."""
        compile_catalogues(Path(self.root) / "src" / "asterism" / "locale")


if __name__ == "__main__":
    compile_catalogues(Path(__file__).parent / "src" / "asterism" / "locale")
