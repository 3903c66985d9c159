"""The figures of `benchmarks.growth` as a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")  # no window

from matplotlib import pyplot
from matplotlib.axes import Axes

Figures = dict[str, Any]
_Value = Callable[[Figures], float]


def draw(sizes: Sequence[Figures], file: Path) -> None:
    """Draw the figures of all sizes into a file; floors are dotted."""
    passages = [found["passages"] for found in sizes]
    figure, panels = pyplot.subplots(2, 3, figsize=(12, 7), layout="constrained")

    def lines(panel: Axes, title: str, unit: str, values: dict[str, _Value]) -> None:
        for name, value in values.items():
            style = ":" if name.startswith("floor") else "-"
            panel.plot(passages, [value(found) for found in sizes], style, marker=".", label=name)
        panel.set_xscale("log")
        panel.set_title(title)
        panel.set_ylabel(unit)
        panel.set_xlabel("passages")
        panel.grid(alpha=0.3)
        panel.legend(fontsize="small")

    search, stages, rate, memory, again, near = panels.flat
    filters = list(sizes[0]["ms"])
    lines(
        search,
        "Search, p95",
        "ms",
        {name: _ms(name, "search", "p95") for name in filters},
    )
    lines(
        stages,
        "Search without a filter, p50",
        "ms",
        {stage: _ms("no filter", stage, "p50") for stage in ("search", "dense", "lexical")}
        | {"floor of the search": _floor("search_ms")},
    )
    lines(
        rate,
        "Indexing, without embedding",
        "passages a second",
        {"measured": _of("passages_per_second"), "floor": _floor("passages_per_second")},
    )
    lines(
        memory,
        "Memory and disk",
        "MB",
        {
            "memory, searching": _of("memory_mb"),
            "memory, writing": _of("memory_writing_mb"),
            "disk": _of("disk_mb"),
            "floor of the disk": _floor("disk_mb"),
        },
    )
    lines(
        again,
        "Starting, and indexing again",
        "s",
        {
            "start": _of("start_up_s"),
            "nothing changed": _of("unchanged_s"),
            "one changed": _of("one_changed_s"),
            "one removed": _of("one_removed_s"),
            "floor of reading the files": _floor("unchanged_s"),
        },
    )
    lines(near, "Dense index against exact search", "recall@10", {"recall": _of("recall_at_10")})
    for panel in (search, stages, rate, memory, again):
        panel.set_yscale("log")
    near.set_ylim(min(0.95, *near.get_ylim()), 1.002)
    figure.savefig(file, dpi=120)
    pyplot.close(figure)


def _of(name: str) -> _Value:
    return lambda found: float(found[name])


def _floor(name: str) -> _Value:
    return lambda found: float(found["floors"][name])


def _ms(filter: str, stage: str, percentile: str) -> _Value:
    return lambda found: float(found["ms"][filter][stage][percentile])
