"""What the tests of matters use, for those of the figures counted from them; and who reports and approves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from huoshui.duties import actions as duties
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.figures.reporting.actions import approve_return, fill_return, submit_return
from huoshui.figures.reporting.models import Filing
from huoshui.packs.actions import load_pack
from huoshui.places.models import Place
from tests.matters.conftest import item, open_item
from tests.packs.helpers import write_pack
from tests.visits.conftest import photo

__all__ = ["item", "open_item", "photo"]

SINCE = dt.date(2016, 1, 1)
INDICATORS = """\
- code: trees
  name: {zh: 植树数, en: Trees}
  definition: {zh: 当期种下的树。, en: Trees planted.}
  unit: 棵
  source: reported
  jump: 50
  periods: [year, quarter, month]
- code: oaks
  name: {zh: 栎树数, en: Oaks}
  definition: {zh: 其中栎树。, en: Oaks among them.}
  unit: 棵
  source: reported
  periods: [year, quarter, month]
- code: alive
  name: {zh: 成活率, en: Alive}
  definition: {zh: 活下来的占种下的。, en: Those alive of those planted.}
  unit: '%'
  decimals: 1
  source: reported
  share: true
  periods: [year, month]
- code: keepers
  name: {zh: 护林员数, en: Keepers}
  definition: {zh: 期末的护林员。, en: Keepers at the end.}
  unit: 万人
  decimals: 2
  scale: 10000
  source: reported
  stock: true
  periods: [year, month]
"""
RETURNS = """\
- code: monthly
  name: {zh: 植树月报, en: Monthly return}
  indicators: [forest.trees, forest.oaks, forest.alive, forest.keepers]
  period: month
  asked_of: [town, township]
  reported_by: [town_office]
  approved_by: [[data_reviewer], [leader]]
"""
RULES = """\
- code: oaks_are_trees
  name: {zh: 栎树不超过全部, en: Oaks are trees}
  severity: error
  left: [forest.oaks]
  relation: at_most
  right: [forest.trees]
"""
VALUES = {"forest.trees": "120", "forest.oaks": "20", "forest.alive": "90/120", "forest.keepers": "0.12"}


def employ(username: str, role: str, place: Place, unit: str, pack: str = "") -> Account:
    """Somebody with one duty, in a unit of their own."""
    by = system_account()
    account: Account = duties.open_account(
        by=by, username=username, title=f"{unit}人员", unit=duties.open_unit(by=by, place=place, name=unit)
    )
    duties.grant_duty(by=by, account=account, role=role, place=place, pack=pack, since=SINCE)
    return account


@pytest.fixture
def offices(cast: SimpleNamespace) -> SimpleNamespace:
    """The education office's statistician and the reviewer of data, with the cast."""
    district = cast.land.district
    cast.clerk = employ("clerk", "statistician", district, "区教育局", "education")
    cast.reviewer = employ("reviewer", "data_reviewer", district, "区统计办")
    return cast


@pytest.fixture
def forest(offices: SimpleNamespace, tmp_path: Path) -> SimpleNamespace:
    """A pack whose monthly return is asked of towns, which their offices fill in."""
    manifest = """\
        code: forest
        version: 1.0.0
        name: {zh: 植树, en: Forest}
        description: {zh: 测试用。, en: For tests.}
        requires: [core]
    """
    folder = write_pack(tmp_path / "forest", manifest=manifest)
    (folder / "place_kinds.yaml").unlink(missing_ok=True)
    for name, text in (("indicators", INDICATORS), ("returns", RETURNS), ("figure_rules", RULES)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    load_pack(by=system_account(), folder=folder)
    for username in ("town_office", "other_town_office"):
        office = getattr(offices, username)
        place = offices.land.town if username == "town_office" else offices.land.other_town
        duties.grant_duty(by=system_account(), account=office, role="statistician", place=place, since=SINCE)
    return offices


Report = Callable[..., Filing]


@pytest.fixture
def report(forest: SimpleNamespace) -> Report:
    """Fill in, submit and approve a town's return of a month."""

    def reported(town: Place, period: str = "2018-03", approved: bool = True, **values: str) -> Filing:
        by = forest.town_office if town == forest.land.town else forest.other_town_office
        typed = VALUES | {f"forest.{code}": value for code, value in values.items()}
        cells = {code: {"value": value} for code, value in typed.items()}
        filing: Filing = fill_return(by=by, form="forest.monthly", place=town, period=period, values=cells)
        filing = submit_return(by=by, filing=filing, remark="核对过。")
        if approved:
            filing = approve_return(by=forest.reviewer, filing=filing)
            filing = approve_return(by=forest.leader, filing=filing)
        return filing

    return reported
