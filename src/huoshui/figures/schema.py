"""The ``indicators`` section of a pack: what is counted, over which records, and how it is told."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from huoshui.packs.schema import Code, PackModel, Text, Unfit

Expression = Annotated[str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=True)]
"""SQL over the columns of a fact view; see ``figures.expressions`` for what it may hold."""


PeriodName = Literal["day", "week", "month", "quarter", "half", "year", "plan"]


class Measure(PackModel):
    """Something counted over the rows of one fact view that fall into the period and the place."""

    source: Code = Field(alias="from", description="The fact view that is counted.")
    where: Expression | None = Field(default=None, description="Which of its rows count; absent: all.")
    value: Expression = Field(description="The aggregate: count(*), sum(amount), count(distinct place), …")
    period: Code | None = Field(
        default=None, description="Of a flow: the date column that says into which period a row falls."
    )
    since: Code | None = Field(default=None, description="Of a stock: the date column since which a row is there.")
    until: Code | None = Field(
        default=None, description="Of a stock: the date column from which it is there no more; absent: for good."
    )

    @model_validator(mode="after")
    def _one_sense_of_time(self) -> Measure:
        if (self.period is None) == (self.since is None):
            raise Unfit("period 与 since 须写且只写一个", "exactly one of period and since is needed")
        if self.until is not None and self.since is None:
            raise Unfit("until 只与 since 同用", "until goes with since alone")
        return self


class Indicator(PackModel):
    """A figure that the register counts itself.

    The value is ``numerator`` (/ ``denominator``), in units of ``scale``: with fen and ``scale: 1000000`` it is told
    in 万元. Without a denominator it is a number; with one, a ratio whose two parts are kept, so that it adds up truly.
    """

    code: Code = Field(description="Code of the indicator.")
    name: Text = Field(description="Its name, such as 新建村级党建阵地数.")
    definition: Text = Field(description="What exactly is counted, and what is not.")
    unit: str = Field(min_length=1, max_length=20, description="Unit of the value: 个, 处, 万元, %.")
    decimals: int = Field(default=0, ge=0, le=4, description="Decimals that are shown.")
    scale: int = Field(default=1, ge=1, description="How many of the counted unit make one of the shown unit.")
    numerator: Measure = Field(description="What is counted.")
    denominator: Measure | None = Field(default=None, description="What it is divided by, for a share or a mean.")
    periods: list[PeriodName] = Field(
        default=["year"], min_length=1, description="Kinds of period that it is told for."
    )
    better: Literal["more", "less"] | None = Field(
        default=None, description="Whether more or less of it is better; absent: neither."
    )

    @property
    def is_stock(self) -> bool:
        """Whether it tells how many there are on the last day of a period, and not how many came in it."""
        return self.numerator.since is not None

    @model_validator(mode="after")
    def _percent_is_a_share(self) -> Indicator:
        if self.unit == "%" and self.denominator is None:
            raise Unfit("单位是 % 的指标要有 denominator", "an indicator in % needs a denominator")
        if self.denominator is not None and self.scale != 1:
            raise Unfit("scale 只用于没有 denominator 的指标", "scale goes with an indicator without a denominator")
        return self
