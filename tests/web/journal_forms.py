"""The actions of forms, once each, for the pages that tell the journal."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

from huoshui.forms.actions import add_version, approve_form, assume_seconds, end_form, propose_form
from huoshui.forms.filling import fill_form
from huoshui.forms.mapping import accept_suggestions, map_cells, newest
from huoshui.forms.sealing import seal_filling
from tests.forms.conftest import SUMMARY_CELLS, summary


def play_forms(cast: SimpleNamespace) -> None:
    """A form registered, mapped, renewed, approved, filled, sealed and ended."""
    by, place = cast.district_office, cast.land.district
    form = propose_form(
        by=by, place=place, code="ZG-01", name="整改情况统计表", asker="市整改办", right="市整改办〔2018〕1号",
        frequency="year", level="district", ends_on=dt.date(2018, 12, 31), data=summary(), file_name="表.xlsx",
    )  # fmt: skip
    accept_suggestions(by=by, version=newest(form))
    map_cells(by=by, version=newest(form), cells=SUMMARY_CELLS)
    add_version(by=by, form=form, data=summary("新表"), file_name="新表.xlsx", renamed={"汇总": "新表"})
    form = approve_form(by=cast.leader, form=form)
    seal_filling(by=by, filling=fill_form(by=by, form=form, place=place, period="2018"))
    assume_seconds(by=cast.administrator, place=place, seconds=60, why="抽样")
    end_form(by=cast.leader, form=form, reason="并入另一张表")
