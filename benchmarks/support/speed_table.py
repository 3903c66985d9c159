"""The figures of several pipelines as ratios to ours, and as a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

OURS = "article-chat"
_WAYS = ("like for like", "as shipped")


def add_ratios(pipelines: Mapping[str, dict[str, Any]]) -> None:
    """Add `ratios` to each other pipeline: above 1 where ours is faster or smaller."""
    ours = pipelines.get(OURS)
    if ours is None:
        return
    for name, one in pipelines.items():
        if name == OURS:
            continue
        like, mine = one["like for like"], ours["like for like"]
        shipped, my_shipped = one["as shipped"], ours["as shipped"]
        pairs = {
            "indexing like for like": (mine["passages_per_second"], like["passages_per_second"]),
            "indexing as shipped": (
                my_shipped["articles_per_second"],
                shipped["articles_per_second"],
            ),
            "question p50": (_asked(one, "p50"), _asked(ours, "p50")),
            "question p95": (_asked(one, "p95"), _asked(ours, "p95")),
            "first answer": (one["seconds_to_first_answer"], ours["seconds_to_first_answer"]),
            "memory indexing": (like["memory_mb"], mine["memory_mb"]),
            "memory asking": (one["asking"]["memory_mb"], ours["asking"]["memory_mb"]),
            "disk": (like["disk_mb"], mine["disk_mb"]),
        }
        one["ratios"] = {
            what: round(upper / lower, 2) for what, (upper, lower) in pairs.items() if lower
        }


def speed_table(pipelines: Mapping[str, Mapping[str, Any]]) -> str:
    """Return all figures as a Markdown table, a column for each pipeline."""
    columns = {name: _column(one) for name, one in pipelines.items()}
    rows = dict.fromkeys(what for column in columns.values() for what in column)
    lines = [["", *pipelines], ["---"] * (len(pipelines) + 1)]
    lines += [[what, *(column.get(what, "") for column in columns.values())] for what in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _column(one: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for way in _WAYS:
        index = one[way]
        found |= {
            f"{way}: passages a second": str(index["passages_per_second"]),
            f"{way}: articles a second": str(index["articles_per_second"]),
            f"{way}: passages": str(index["passages"]),
            f"{way}: share of the text read": str(index["text_read"]),
            f"{way}: number format": str(index["precision"]),
            f"{way}: memory, MB": str(index["memory_mb"]),
            f"{way}: disk, MB": str(index["disk_mb"]),
        }
    found["start to first answer, s"] = str(one["seconds_to_first_answer"])
    found["asking: memory, MB"] = str(one["asking"]["memory_mb"])
    for stage, ms in one["asking"]["ms"].items():
        found[f"{stage}: p50 / p95, ms"] = f"{ms['p50']} / {ms['p95']}"
    for what, ratio in one.get("ratios", {}).items():
        found[f"ours better: {what}"] = f"{ratio} times"
    return found


def _asked(one: Mapping[str, Any], percentile: str) -> float:
    return float(one["asking"]["ms"]["question"][percentile])
