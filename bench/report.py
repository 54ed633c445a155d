"""The same figures for people."""

from __future__ import annotations

from typing import Any


def table(found: dict[str, Any]) -> str:
    """The figures as lines of text."""
    demo, ranking, journal = found["demo"], found["ranking"], found["journal"]
    lines = [
        f"Huoshui {found['version']}, {found['engine']}, Python {found['python']}, {found['cores']} cores, "
        f"load average {found['load_average']}",
        "",
        f"demo loaded in {demo['seconds']} s ({demo['cpu_seconds']} s CPU): "
        + ", ".join(f"{count} {name}" for name, count in demo["records"].items()),
        "",
        f"{'page':24}{'p50 ms':>10}{'p95 ms':>10}{'CPU p50':>10}{'KB':>8}",
        *(
            f"{name:24}{row['p50_ms']:>10}{row['p95_ms']:>10}{row['cpu_p50_ms']:>10}{row['kilobytes']:>8}"
            for name, row in found["pages"].items()
        ),
        "",
        f"scores of a round ({ranking['places']} places, {ranking['sheets']} sheets, {ranking['answers']} answers): "
        f"p50 {ranking['p50_ms']} ms, p95 {ranking['p95_ms']} ms",
        *(
            f"{name} of {row['places']} villages x {row['items']} items x {row['judges']} judges "
            f"({row['answers']} answers): p50 {row['p50_ms']} ms, p95 {row['p95_ms']} ms"
            for name, row in (("scores and ranks", found["largest"]), ("fairness", found["fairness"]))
        ),
        f"journal of {journal['entries']} entries: sealed {journal['sealed_per_second']} a second, "
        f"proved {journal['entries_per_second']} a second ({journal['entries_per_cpu_second']} a second of CPU)",
    ]
    return "\n".join(lines) + "\n"
