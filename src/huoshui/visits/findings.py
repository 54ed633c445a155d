"""What the judges of a place, or a visit by itself, found of a failing item: the text of the matter that it opens.

In Chinese whatever the sealer's language is: a record's own text, read by everybody who handles it.
"""

from __future__ import annotations

from collections import Counter

from django.utils.translation import override

from huoshui.kernel.numbers import POINTS, shown
from huoshui.kernel.wording import bracketed, listed
from huoshui.packs.units import unit_word
from huoshui.visits.answers import shown_answer, threshold_rule
from huoshui.visits.models import Answer, judge_label
from huoshui.visits.schema import POINTS_UNIT, Graded, Item, Threshold, YesNoScoring
from huoshui.visits.tally import ItemTally, PlaceSheets

LANGUAGE = "zh-hans"
LONGEST = 2000


def finding_title(item: Item) -> str:
    """The title of the matter; of what should not be there, that it is."""
    found = isinstance(item.scoring, YesNoScoring) and item.scoring.fails_when == "yes"
    return f"{'发现' if found else '未达标'}：{item.name.zh}"


def finding_detail(sheets: PlaceSheets, tally: ItemTally, item: Item) -> str:
    """What was asked; each failing answer with how many gave it; how many judged it, and the mean; what they noted.

    Judges are named by number. How the item is judged stands last: it is the checklist's word, not the finding.
    """
    with override(LANGUAGE):
        return "\n".join(_lines(sheets, tally, item))[:LONGEST]


def visit_finding_detail(item: Item, answer: Answer) -> str:
    """Of a visit that stands by itself: what was asked, the answer, what was noted, and how the item is judged."""
    with override(LANGUAGE):
        lines = [f"检查项：{item.name.zh}"]
        if isinstance(item.scoring, Threshold):
            lines.append(f"标准：{threshold_rule(item.scoring)}")
        lines.append(f"结果：{_answer_words(item, shown_answer(item, answer))}")
        lines += [f"说明：{answer.note}"] if answer.note else []
        lines += [f"检查要求：{item.guidance.zh}"] if item.guidance else []
        return "\n".join(lines)[:LONGEST]


def _lines(sheets: PlaceSheets, tally: ItemTally, item: Item) -> list[str]:
    failing = {number: sheets.answers[number][item.code] for number in tally.failed_by}
    given = Counter(_answer_words(item, shown_answer(item, answer)) for answer in failing.values())
    counts = listed(f"{answer}{bracketed(f'{count} 名评委')}" for answer, count in given.most_common())
    verdict = f"{tally.answered} 名评委中 {len(failing)} 名认定不合格"
    if item.points and tally.mean is not None:
        verdict += f"，均分 {shown(tally.mean, POINTS, 2)}（满分 {shown(item.points, POINTS)}）"
    lines = [f"考核项：{item.name.zh}"]
    if isinstance(item.scoring, Threshold):
        lines += [f"标准：{threshold_rule(item.scoring)}", f"不达标的实测值：{counts}"]
    else:
        lines.append(f"不合格的评定：{counts}")
    lines.append(f"{verdict}。")
    lines += [f"{judge_label(number)}：{answer.note}" for number, answer in failing.items() if answer.note]
    return [*lines, f"评定办法：{item.guidance.zh}"] if item.guidance else lines


def _answer_words(item: Item, answer: str) -> str:
    """An answer as it reads among others; freely given points with their unit."""
    free = isinstance(item.scoring, Graded) and not item.scoring.options
    return f"{answer} {unit_word(POINTS_UNIT)}" if free else answer
