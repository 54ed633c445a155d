"""Every action of reported figures, once at least."""

from __future__ import annotations

from types import SimpleNamespace

from huoshui.figures.reporting import actions
from huoshui.figures.reporting.conflicts import decide_conflict, give_conflict
from huoshui.figures.reporting.imports import import_figures
from huoshui.figures.reporting.models import Conflict
from huoshui.figures.reporting.queries import get_return
from huoshui.figures.reporting.targets import drop_target, set_target
from tests.figures.conftest import employ

FORM = "livelihood.annual"
PUBLISHED = """\
指标,地点,期间,值
culture.film_shows,410871,2017,1200
culture.film_shows,410871203,2017,200
"""


def play_figures(cast: SimpleNamespace) -> None:
    """A return through its steps, a file with figures, a target, and a question."""
    district = cast.land.district
    clerk = employ("money_clerk", "statistician", district, "区财政所", "livelihood")
    reviewer = employ("data_reviewer", "data_reviewer", district, "区统计所")
    cells = {code: {"note": "没有统计"} for code in get_return(FORM).indicators}
    cells |= {"livelihood.village_models": {"value": "6"}, "livelihood.village_qualified": {"value": "10"}}
    filing = actions.fill_return(by=clerk, form=FORM, place=district, period="2017", values=cells)
    filing = actions.submit_return(by=clerk, filing=filing, remark="已核对。")
    filing = actions.send_back_return(by=reviewer, filing=filing, reason="再核。")
    filing = actions.submit_return(by=clerk, filing=filing)
    for by in (reviewer, cast.leader):
        filing = actions.approve_return(by=by, filing=filing)
    question = Conflict.objects.get()
    give_conflict(by=reviewer, conflict=question, owner=cast.leader)
    held = filing.observations.get(indicator="livelihood.village_models").pk
    decide_conflict(by=reviewer, conflict=question, decision="value", reason="已查。", holds=held)
    actions.reopen_return(by=cast.leader, filing=filing, reason="漏报。")
    import_figures(by=reviewer, data=PUBLISHED.encode(), name="places.csv", place=district, source="三月公开报道")
    target = set_target(
        by=cast.leader, indicator="culture.film_shows", place=district, period="2018", value="≥1300", source="要点"
    )
    drop_target(by=cast.leader, target=target, reason="作废。")
