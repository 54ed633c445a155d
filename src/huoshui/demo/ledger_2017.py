"""What became of the findings of the rounds of 2017: all ended by the spring of 2018, in all the ways there are."""

from __future__ import annotations

import datetime as dt
import random
from functools import partial

from huoshui.demo.agenda import Part
from huoshui.demo.judging import POOR_WITHOUT_HUB
from huoshui.demo.rectifying import Rectifying
from huoshui.demo.reviews import SEAL_2017, SEAL_PILOT, Review
from huoshui.demo.story import Story, working_day
from huoshui.demo.texts import NO_HUB
from huoshui.matters.models import Matter

DOUBLES = ("plaza", "plaza_area", "activity_room", *POOR_WITHOUT_HUB)
"""Where a village has no hub at all, these findings say the same as that of its floor area."""
ELSEWHERE = {"clinic": "区卫计部门（示范）", "distance_education": "区远程教育中心（示范）"}


def put_ledger_on(part: Part, story: Story, review: Review) -> None:
    """An hour after the seal of 2017: look at what was opened, and put every further step on."""
    part.add(SEAL_2017, 10, partial(_put_all, part, story, review))


def put_pilot_on(part: Part, story: Story, review: Review) -> None:
    """What the trial round found was done without ado: there was nothing to argue about in six villages."""
    part.add(SEAL_PILOT, 10, partial(_put_plain_all, part, story, review))


def _put_plain_all(part: Part, story: Story, review: Review) -> None:
    dice = random.Random("huoshui demo: ledger of the trial round")  # noqa: S311 - invented data, not secrets
    found = Matter.objects.filter(source_id=review.round.pk).select_related("place").order_by("sequence")
    for matter in found:
        theme = story.texts.of_item(matter.source_item.rpartition("/")[2])
        _put_plain(part, Rectifying(story, matter, theme), dice, SEAL_PILOT)


def _put_all(part: Part, story: Story, review: Review) -> None:
    dice = random.Random("huoshui demo: ledger of 2017")  # noqa: S311 - invented data, not secrets
    found = Matter.objects.filter(source_id=review.round.pk).select_related("place").order_by("sequence")
    matters = {(matter.place.code, matter.source_item.rpartition("/")[2]): matter for matter in found}
    for (village, item), matter in matters.items():
        homeless = story.hubs[village].work == "without"
        theme = story.texts.themes[NO_HUB] if homeless else story.texts.of_item(item)
        case = Rectifying(story, matter, theme)
        if homeless and item == "floor_area":
            _put_not_resolvable(part, case, dice)
        elif homeless and item in DOUBLES:
            part.add(SEAL_2017, 15, partial(case.mark_duplicate, matters[village, "floor_area"]))
        elif homeless and item in ELSEWHERE:
            part.add(working_day(SEAL_2017, dice.randint(1, 5)), 10, partial(case.decline, ELSEWHERE[item]))
        else:
            put = dice.choices([_put_plain, _put_returned, _put_late, _put_reopened], weights=[58, 18, 14, 10])[0]
            put(part, case, dice)


def _put_claim(part: Part, case: Rectifying, dice: random.Random, sealed: dt.date = SEAL_2017) -> dt.date:
    """Claimed within the first week after the seal; returns the day."""
    day = working_day(sealed, dice.randint(1, 5))
    part.add(day, dice.choice((8, 11, 15, 17)), case.claim)
    return day


def _put_plain(part: Part, case: Rectifying, dice: random.Random, sealed: dt.date = SEAL_2017) -> None:
    claimed = _put_claim(part, case, dice, sealed)
    submitted = working_day(claimed, dice.randint(3, 8))
    part.add(submitted, 16, case.submit)
    part.add(working_day(submitted, dice.randint(1, 4)), 10, case.verify)


def _put_returned(part: Part, case: Rectifying, dice: random.Random) -> None:
    claimed = _put_claim(part, case, dice)
    submitted = working_day(claimed, dice.randint(3, 6))
    part.add(submitted, 16, case.submit)
    returned = working_day(submitted, dice.randint(1, 3))
    part.add(returned, 10, case.send_back)
    again = working_day(returned, dice.randint(1, 5))
    part.add(again, 16, case.submit)
    part.add(working_day(again, dice.randint(1, 4)), 10, case.verify)


def _put_late(part: Part, case: Rectifying, dice: random.Random) -> None:
    """Submitted after its deadline, with the ladder climbed meanwhile."""
    claimed = _put_claim(part, case, dice)
    part.add(working_day(claimed, 6), 9, case.update)
    limit = case.matter.limit_on or claimed
    submitted = working_day(limit, dice.randint(2, 9))
    part.add(submitted, 16, case.submit)
    part.add(working_day(submitted, dice.randint(1, 4)), 10, case.verify)


def _put_reopened(part: Part, case: Rectifying, dice: random.Random) -> None:
    """Closed in 2017, back in January, closed for good before the spring festival of 2018 or soon after."""
    _put_plain(part, case, dice)
    back = dt.date(2018, 1, 8) + dt.timedelta(days=dice.randint(0, 4))
    part.add(back, 9, case.reopen)
    part.add(working_day(back, 1), 9, case.reclaim)
    submitted = working_day(back, dice.randint(5, 12))
    part.add(submitted, 16, case.submit)
    part.add(working_day(submitted, dice.randint(1, 4)), 10, case.verify)


def _put_not_resolvable(part: Part, case: Rectifying, dice: random.Random) -> None:
    declared = working_day(SEAL_2017, dice.randint(3, 6))
    part.add(declared, 11, case.declare_not_resolvable)
    part.add(working_day(declared, dice.randint(2, 4)), 10, case.confirm_not_resolvable)
