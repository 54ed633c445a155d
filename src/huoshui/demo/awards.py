"""The fund of 2018 for awards in lieu of subsidy, and the works of the winter before it that draw on it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

from huoshui.demo.agenda import Part
from huoshui.demo.conditions import complete_hub
from huoshui.demo.hubs import Work, pay_order
from huoshui.demo.story import Story
from huoshui.kernel import clock
from huoshui.matters.money import actions as lines
from huoshui.subsidies import actions as subsidies

SCHEME, YEAR, POT = "hubs.hub_award", 2018, "500万"
"""Five million yuan, as published; which villages draw on it, and with what, is invented."""
INVENTED = "资金总额取自公开报道；落在哪个村、投资和补助均为示范。"
BEGUN, ALLOCATED = dt.date(2017, 11, 13), dt.date(2018, 3, 1)
PAYER = "区财政局"
COSTS = ["96000", "128000", "74000", "88000"]
"""Yuan; of works that are paid, partly paid, waiting for the approval, and still to be applied for."""


def put_awards_on(part: Part, story: Story) -> None:
    """Four upgrades that the villages built themselves, accepted before March 2018, and what they got for it."""
    part.add(ALLOCATED, 9, partial(_allocate, story))
    older = [c for c in story.hubs.values() if c.work == "older" and c.village.kind == "village"]
    for at, (condition, cost) in enumerate(zip(older[3:], COSTS, strict=False)):
        after = complete_hub(condition.village, condition.before["built_year"])
        work = Work(story, replace(condition, work="upgraded", after=after), INVENTED, cost)
        _put_work_on(part, work, at)


def _allocate(story: Story) -> None:
    subsidies.allocate(
        by=story.cast.staff["finance"], scheme=SCHEME, place=story.land.district, year=YEAR, amount=POT,
        day=clock.today(), document="示范预字〔2018〕1号", note="阵地建设以奖代补专项资金",
    )  # fmt: skip


def _put_work_on(part: Part, work: Work, at: int) -> None:
    days = BEGUN + dt.timedelta(days=at)
    part.add(days, 9, work.open)
    part.add(days + dt.timedelta(days=7), 10, work.approve)
    part.add(days + dt.timedelta(days=14), 8, partial(work.start, dt.date(2018, 2, 9)))
    part.add(days + dt.timedelta(days=15), 10, partial(_sign_contract, work))
    part.add(days + dt.timedelta(days=80), 16, work.submit)
    part.add(days + dt.timedelta(days=90), 11, work.accept)
    acts = [partial(_apply, work), partial(_approve, work), partial(_order, work, at), partial(_pay, work)]
    for n, act in enumerate(acts[: (4, 4, 1, 0)[at]]):
        part.add(ALLOCATED + dt.timedelta(days=1 + at + 4 * n), 10 + n, act)
    if at == 1:  # the rest of it waits for the confirmation
        part.add(ALLOCATED + dt.timedelta(days=20), 15, partial(_order, work, at))


def _sign_contract(work: Work) -> None:
    work.write(work.secretary, "contract", voucher=f"示范合同{work.village.code[-3:]}")


def _apply(work: Work) -> None:
    subsidies.apply(by=work.secretary, matter=work.matter, note="已验收，申请补助（示范）。")


def _approve(work: Work) -> None:
    subsidies.approve(by=work.story.cast.staff["office"], claim=work.matter.claims.get())


def _order(work: Work, at: int) -> None:
    """All of what was approved, or the half of it."""
    fen = work.matter.claims.get().approved // (2 if at == 1 else 1)
    lines.order_payment(
        by=work.story.cast.staff["office"], matter=work.matter, type="subsidy_paid", amount=f"{fen // 100}", payer=PAYER
    )


def _pay(work: Work) -> None:
    pay_order(work.story, work.matter)
