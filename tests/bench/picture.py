"""Curves side by side, as one SVG."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from acceptance.reports.files import write_whole

# Text stays text, and the same figures give the same file.
mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "growth"})


@dataclass(frozen=True)
class Panel:
    """Each curve has a value for each size. Both axes are logarithmic: what grows evenly is a line of one slope."""

    title: str
    x: str
    y: str
    sizes: Sequence[int]
    curves: Mapping[str, Sequence[float]]


def draw(panels: Sequence[Panel], file: Path) -> None:
    figure = Figure(figsize=(4 * len(panels), 3.5), layout="constrained")
    for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        for label, values in panel.curves.items():
            axes.plot(panel.sizes, values, marker="o", label=label)
        axes.set(title=panel.title, xlabel=panel.x, ylabel=panel.y, yscale="log")
        # A size may be 0, which a logarithm does not know.
        axes.set_xscale("symlog" if 0 in panel.sizes else "log")
        axes.set_xticks(panel.sizes, [f"{size:,}" for size in panel.sizes])
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.legend()
    write_whole(file, lambda part: figure.savefig(part, format="svg", metadata={"Date": None}))
