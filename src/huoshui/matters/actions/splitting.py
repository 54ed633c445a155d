"""One matter becomes several, by a step of its workflow."""

from __future__ import annotations

from typing import Any

from huoshui.kernel import clock, journal
from huoshui.kernel.actions import action
from huoshui.kernel.events import publish
from huoshui.matters import clocks, values
from huoshui.matters.actions.common import moved, tell
from huoshui.matters.models import ClockRun, LadderMark, Matter, MatterValue, Split, Step
from huoshui.matters.numbering import next_number
from huoshui.matters.schema import OPENING, OWNER
from huoshui.matters.splitting import Plan, Share

CARRIED = (
    "pack", "pack_version", "kind", "severity", "severity_rank", "place", "unit", "owner", "opened_on", "supervised_on",
    "source_kind", "source_id", "source_label", "source_item", "parent",
)  # fmt: skip
"""What each of the new ones has as the first one had it."""


@action("matters.split")
def split(*, by: Any, matter: Matter, plan: Plan) -> list[Matter]:
    """Open the new matters of a split, and keep what puts them together again.

    Called by the step that ends ``matter`` as split, which authorises and has locked it.
    """
    shares = [split_off(by=by, matter=matter, share=share, plan=plan) for share in plan.shares]
    along = {str(new.pk): [str(pk) for pk in share.photos] for new, share in zip(shares, plan.shares, strict=True)}
    Split.objects.create(
        matter=matter, by=by, on=clock.today(), state=plan.state, running=list(plan.running), photos=along
    )
    journal.record(by=by, subject=matter, place=matter.place, after={"shares": [share.number for share in shares]})
    return shares


@action("matters.split_off")
def split_off(*, by: Any, matter: Matter, share: Share, plan: Plan) -> Matter:
    """Open one of the new matters, where the first one stood and on its clocks. Called by ``split`` alone."""
    kind, today = matter.definition, clock.today()
    number, sequence = next_number(kind.number_prefix, today.year)
    new = Matter(
        **{name: getattr(matter, name) for name in CARRIED},
        number=number,
        year=today.year,
        sequence=sequence,
        state=plan.state,
        phase=kind.state(plan.state).phase,
        title=share.title,
        detail=plan.detail_of(share),
        opened_by=by,
        split_from=matter,
    )
    new.save(force_insert=True)
    for code in share.values:
        row = plan.rows[code]
        MatterValue.objects.create(matter=new, code=code, number=row.number, text=row.text, day=row.day)
    _carry_time(matter, new, plan)
    given = {code: values.typed(kind.field(code), plan.rows[code].value) for code in share.values}
    told = values.told(kind, given)
    Step.objects.create(
        matter=new, transition=OPENING, to_state=new.state, account=by, unit=by.unit, at=clock.now(), data=told
    )
    after = journal.snapshot(new, "kind", "title", "detail", "severity", "state", "due_on", "source_label")
    after |= {"split_from": matter.number, "owner": values.plain(new.owner), "unit": str(new.unit or "")}
    after |= {code: values.plain(value) for code, value in given.items()}
    journal.record(by=by, subject=new, place=new.place, after=after)
    tell(by, new, [OWNER], "matter.opened", due=str(new.due_on or ""))
    publish(moved(by, new, ""))
    return new


def _carry_time(matter: Matter, new: Matter, plan: Plan) -> None:
    """The clocks as they ran, and the rungs that have fired for their deadlines: none of them fires again."""
    for run in matter.clocks.all():
        stopped = None if run.clock in plan.running else run.stopped_on
        ClockRun.objects.create(
            matter=new,
            clock=run.clock,
            started_on=run.started_on,
            limit_on=run.limit_on,
            provisional=run.provisional,
            stopped_on=stopped,
        )
    for mark in matter.ladder_marks.all():
        LadderMark.objects.create(matter=new, rung=mark.rung, due_on=mark.due_on, fired_on=mark.fired_on)
    clocks.settle(new, clock.today())
    new.save(update_fields=list(clocks.DATE_COLUMNS))
