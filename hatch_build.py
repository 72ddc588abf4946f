"""Compiles the message catalogues into the wheel."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):  # type: ignore[type-arg]
    """Hatch hook: catalogues first, then the files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel's files are gathered."""
        script = Path(self.root) / "tools" / "catalogues.py"
        subprocess.run([sys.executable, str(script), "compile"], check=True)
