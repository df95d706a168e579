"""Where the parts of the project are on disk."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
FEATURES = ROOT / "features"
REPORTS = ROOT / "reports"
