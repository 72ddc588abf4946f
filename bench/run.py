"""Runs every benchmark at modest size, one JSON object a line."""

import subprocess
import sys
from pathlib import Path

MODEST: dict[str, list[str]] = {
    "twin": ["--customers", "20000"],
    "tags": ["--customers", "20000", "--transactions", "1200000"],
    "audience": ["--customers", "1000000"],
    "decide": ["--customers", "100000"],
    "allocation": ["--customers", "100000", "--against", "greedy"],
    "gates": ["--customers", "100000"],
    "editor": ["--customers", "100000"],
    "rehearsal": ["--customers", "100000", "--days", "5"],
    "why": ["--customers", "5000", "--days", "4"],
    "experiments": [],
    "imports": ["--customers", "50000", "--transactions", "2000000"],
    "pages": ["--customers", "5000"],
    "loop": ["--customers", "5000", "--days", "5"],
}


def main() -> int:
    """Run them all; the exit code is the worst of theirs."""
    worst = 0
    for name, sizes in MODEST.items():
        print(f"# bench/{name}.py {' '.join(sizes)}", file=sys.stderr)
        script = Path(__file__).parent / f"{name}.py"
        worst = max(worst, subprocess.call([sys.executable, str(script), "--json", *sizes]))
    return worst


if __name__ == "__main__":
    sys.exit(main())
