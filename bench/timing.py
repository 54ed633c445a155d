"""How long something takes, in wall time and in CPU time of this process."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from typing import Any


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """What the work returns, the seconds it took, and those of them in which this process computed."""
    cpu, began = _cpu(), time.perf_counter()
    outcome = work()
    return outcome, time.perf_counter() - began, _cpu() - cpu


def _cpu() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def percentiles(samples: list[tuple[float, float]]) -> dict[str, float]:
    """Of (wall, cpu) in seconds: in milliseconds, the half and 95 of 100 that are no slower."""
    walls, cpus = (sorted(column) for column in zip(*samples, strict=True))
    ranks = {"p50_ms": walls[len(walls) // 2], "p95_ms": walls[-(-len(walls) * 95 // 100) - 1]}
    return {name: round(value * 1000, 1) for name, value in (*ranks.items(), ("cpu_p50_ms", cpus[len(cpus) // 2]))}
