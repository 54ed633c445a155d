"""Every worked example in docs/scoring.md is computed."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from huoshui.kernel.numbers import POINTS, rounded, scaled
from huoshui.visits import scoring

DOC = Path(__file__).parents[2] / "docs" / "scoring.md"
IMPOSSIBLE = "不能计算"
MISSING = {"不得缺项": "blocks", "缺项计零分": "zero", "按已答项折算": "rescale"}
Row = dict[str, str]


def tables() -> dict[str, list[Row]]:
    """The rows under each ``### 例：`` heading, by the heading's words."""
    found: dict[str, list[Row]] = {}
    heading, head = "", []
    for line in DOC.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            heading = line.partition("例：")[2] if line.startswith("### 例：") else ""
            head = []
        elif line.startswith("|") and heading:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not head:
                head = cells
            elif set(cells[0]) != {"-"}:
                found.setdefault(heading, []).append(dict(zip(head, cells, strict=True)))
    return found


def points(text: str) -> int:
    return scaled(text, POINTS)


def several(text: str) -> list[int | None]:
    return [None if part == "—" else points(part) for part in text.split()]


def deduction(row: Row) -> None:
    most = None if row["最多扣"] == "—" else points(row["最多扣"])
    full, each = points(row["本项分值"]), points(row["每处扣"])
    assert scoring.deduction_points(full, each, most, int(row["发现处数"])) == points(row["得分"])


def yes_no(row: Row) -> None:
    assert scoring.yes_no_points(points(row["本项分值"]), row["作答"] == "是") == points(row["得分"])


def threshold(row: Row) -> None:
    got = scoring.threshold_points(
        points(row["本项分值"]),
        scaled(row["实测"], 100),
        scaled(row["标准"][1:], 100),
        at_least=row["标准"][0] == "≥",
        proportional=row["未达标时"] == "按比例",
    )
    assert got == points(row["得分"])


def missing(row: Row) -> None:
    full = {str(n): value or 0 for n, value in enumerate(several(row["各项分值"]))}
    given = {str(n): value for n, value in enumerate(several(row["各项得分"]))}
    if row["合计"] == IMPOSSIBLE:
        with pytest.raises(scoring.MissingAnswer):
            scoring.judge_total(1, full, given, MISSING[row["规则"]])
    else:
        assert rounded(scoring.judge_total(1, full, given, MISSING[row["规则"]])) == points(row["合计"])


def mean(row: Row) -> None:
    totals = {n: Fraction(total or 0) for n, total in enumerate(several(row["各评委合计"]), start=1)}
    rules = scoring.Rules(drop_highest=int(row["去最高"]), drop_lowest=int(row["去最低"]), decimals=int(row["小数位"]))
    if row["均分"] == IMPOSSIBLE:
        with pytest.raises(scoring.TooFewJudges):
            scoring.place_score(totals, rules)
    else:
        assert scoring.place_score(totals, rules).mean == points(row["均分"])


def total(row: Row) -> None:
    assert points(row["均分"]) + points(row["加分"]) - points(row["扣分"]) == points(row["总分"])


def ranks(row: Row) -> None:
    totals = [value or 0 for value in several(row["总分"])]
    assert scoring.ranked(totals) == [int(rank) for rank in row["名次"].split()]


def failing(row: Row) -> None:
    quorum = scoring.MAJORITY if row["规则"] == "过半数" else int(row["规则"].split()[0])
    fails = scoring.fails_by_quorum(int(row["判不合格"]), int(row["作答评委"]), quorum)
    assert fails == (row["该项"] == "不合格")


COMPUTED: dict[str, Callable[[Row], None]] = {
    "扣分": deduction,
    "是否": yes_no,
    "达标": threshold,
    "缺项": missing,
    "均分": mean,
    "总分": total,
    "名次": ranks,
    "不合格": failing,
}
EXAMPLES = [(heading, row) for heading, rows in tables().items() for row in rows]


@pytest.mark.parametrize(("heading", "row"), EXAMPLES, ids=lambda part: part if isinstance(part, str) else "")
def test_the_example_holds(heading: str, row: Row) -> None:
    COMPUTED[heading](row)


def test_every_table_has_rows_and_a_computation() -> None:
    assert set(tables()) == set(COMPUTED)
    assert len(EXAMPLES) > 35
