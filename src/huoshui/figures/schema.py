"""The ``indicators`` section of a pack: what is counted, over which records, and how it is told."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, PrivateAttr, StringConstraints, model_validator

from huoshui.kernel.periods import LATEST_BEGINNING
from huoshui.packs.schema import Code, Meant, PackModel, QualifiedCode, Text, Unfit

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


class Validity(PackModel):
    """From which day an indicator is told, and until which (exclusive)."""

    since: dt.date | None = Field(default=None, alias="from", description="The first day; absent: from the beginning.")
    until: dt.date | None = Field(
        default=None, description="The first day on which it holds no more; absent: it holds."
    )

    @model_validator(mode="after")
    def _a_span(self) -> Validity:
        if self.since is None and self.until is None:
            raise Unfit("from 与 until 至少写一个", "from or until is needed")
        if self.since and self.until and self.since >= self.until:
            raise Unfit("until 须晚于 from", "until has to be later than from")
        return self

    def holds_on(self, day: dt.date) -> bool:
        """Whether a day lies in it."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


class EarlierDefinition(PackModel):
    """What an indicator counted until a day: a period that ended before that day is counted by it."""

    until: dt.date = Field(description="The first day on which it holds no more.")
    definition: Text = Field(description="What exactly was counted, and what was not.")
    numerator: Measure = Field(description="What was counted.")
    denominator: Measure | None = Field(default=None, description="What it was divided by.")


class Indicator(Meant):
    """A figure that the register counts itself, or that a unit reports.

    The value is ``numerator`` (/ ``denominator``), in units of ``scale``: with fen and ``scale: 1000000`` it is told
    in 万元. Without a denominator it is a number; with one, a ratio whose two parts are kept, so that it adds up truly.
    A reported one is typed in its unit and kept in the same whole numbers.
    """

    code: Code = Field(description="Code of the indicator.")
    name: Text = Field(description="Its name, such as 新建村级党建阵地数.")
    also: list[Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True)]] = Field(
        default_factory=list, max_length=20, description="Other names that publications in Chinese print it under."
    )
    definition: Text = Field(description="What exactly is counted, and what is not.")
    unit: str = Field(min_length=1, max_length=20, description="Unit of the value: 个, 处, 万元, %.")
    decimals: int = Field(default=0, ge=0, le=4, description="Decimals that are shown.")
    scale: int = Field(default=1, ge=1, description="How many of the counted unit make one of the shown unit.")
    source: Literal["derived", "reported"] = Field(
        default="derived", description="derived: counted from records; reported: asked of a unit."
    )
    numerator: Measure | None = Field(default=None, description="What is counted; of a derived one.")
    denominator: Measure | None = Field(default=None, description="What it is divided by, for a share or a mean.")
    share: bool = Field(default=False, description="Of a reported one: a fraction, whose two parts are asked for.")
    unknown_without_rows: bool = Field(
        default=False,
        description="Of a derived one: where no row of its numerator falls into the period, nothing is known, and the "
        "value is not zero; for what is found by looking, such as by a survey.",
    )
    register_rows: Measure | None = Field(
        default=None,
        description="With unknown_without_rows: rows which show that the register is kept; where there are any at the "
        "place in the period, or in the county that it lies in, nothing counted is a true zero.",
    )
    due: bool = Field(
        default=False,
        description="Of a derived share whose rows fall into the period by their deadline: while no deadline of the "
        "period has passed, and nothing was counted before its time, there is no value yet.",
    )
    stock: bool = Field(
        default=False, description="Of a reported one: how many there are on the period's last day, not in the period."
    )
    adds: bool = Field(
        default=True,
        description="Of a reported one: whether the values of the places below, and of shorter periods, add up.",
    )
    counts: Code | None = Field(
        default=None, description="Of a reported share: the indicator of this pack that its numerator should be."
    )
    jump: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="Of a reported one: a change of more percent than this against the period before wants a remark.",
    )
    periods: list[PeriodName] = Field(
        default=["year"], min_length=1, description="Kinds of period that it is told for."
    )
    better: Literal["more", "less"] | None = Field(
        default=None, description="Whether more or less of it is better; absent: neither."
    )

    ranked: bool = Field(
        default=False,
        description="Whether the places below are put in order and ranked by it on a dashboard; needs better.",
    )
    ranked_for: Text | None = Field(
        default=None, description="What ranking the places is for; stands where the ranks are shown."
    )
    by: list[Code] = Field(
        default_factory=list,
        max_length=3,
        description="Columns of its fact view by which its sheet breaks it down, such as severity.",
    )
    month_begins: int = Field(
        default=1,
        ge=1,
        le=LATEST_BEGINNING,
        description="Day on which its reporting months begin; 21: March is 21 February to 20 March.",
    )
    valid: Validity | None = Field(default=None, description="When it is told; absent: always.")
    earlier: list[EarlierDefinition] = Field(
        default_factory=list, description="What it counted before, by the day until which that held, ascending."
    )

    meaning_changed: ClassVar[str] = "indicator.meaning"

    _pack: str = PrivateAttr("")

    @property
    def qualified(self) -> str:
        """Its code with its pack's, such as hubs.built; as ``figures.queries.indicators`` gives it."""
        return f"{self._pack}.{self.code}"

    def of_pack(self, pack: str) -> Indicator:
        """A copy that knows its pack."""
        copy = self.model_copy()
        copy._pack = pack
        return copy

    def meaning(self) -> dict[tuple[str, ...], Any]:
        """What reported values and targets are kept by: whence it comes, its unit, and whether it has two parts."""
        kept: dict[tuple[str, ...], Any] = {("source",): self.source, ("unit",): self.unit, ("scale",): self.scale}
        if self.is_reported:
            kept |= {("share",): self.share, ("stock",): self.stock}
        return kept | ({} if self.is_reported else {("denominator",): self.denominator is not None})

    @property
    def is_reported(self) -> bool:
        """Whether a unit is asked for it; nothing is counted then."""
        return self.source == "reported"

    def on(self, day: dt.date) -> Indicator:
        """The indicator with the definition that held on a day."""
        then = next((one for one in self.earlier if day < one.until), None)
        if then is None:
            return self
        return self.model_copy(
            update={"definition": then.definition, "numerator": then.numerator, "denominator": then.denominator}
        )

    def is_told_on(self, day: dt.date) -> bool:
        """Whether there is such a figure on a day."""
        return self.valid is None or self.valid.holds_on(day)

    @property
    def is_stock(self) -> bool:
        """Whether it tells how many there are on the last day of a period, and not how many came in it."""
        return self.stock or (self.numerator is not None and self.numerator.since is not None)

    @property
    def is_ratio(self) -> bool:
        """Whether its value is a quotient of two parts."""
        return self.share or self.denominator is not None

    @model_validator(mode="after")
    def _one_source(self) -> Indicator:
        if not self.is_reported and self.numerator is None:
            raise Unfit("由记录算出的指标要有 numerator", "a derived indicator needs a numerator")
        if self.is_reported and (self.numerator or self.denominator):
            raise Unfit(
                "上报的指标没有 numerator 和 denominator", "a reported indicator has no numerator or denominator"
            )
        if not self.is_reported and (self.share or self.stock or self.counts or self.jump):
            raise Unfit(
                "share、stock、counts、jump 只用于上报的指标", "share, stock, counts and jump are for reported ones"
            )
        if self.counts and not self.share:
            raise Unfit("counts 只与 share 同用", "counts goes with share alone")
        return self

    @model_validator(mode="after")
    def _scale_of_tens(self) -> Indicator:
        if (
            self.is_reported
            and not self.share
            and (set(str(self.scale)) - {"0"} != {"1"} or self.scale < 10**self.decimals)
        ):
            raise Unfit(
                "上报指标的 scale 须是 10 的幂，且够放下 decimals 位小数",
                "the scale of a reported indicator is a power of ten that holds its decimals",
            )
        return self

    @model_validator(mode="after")
    def _percent_is_a_share(self) -> Indicator:
        if self.unit == "%" and not self.is_ratio:
            raise Unfit("单位是 % 的指标要有 denominator 或 share", "an indicator in % needs a denominator or share")
        if self.is_ratio and self.scale != 1:
            raise Unfit("scale 只用于没有 denominator 的指标", "scale goes with an indicator without a denominator")
        return self

    @model_validator(mode="after")
    def _a_register_of_what_may_be_unknown(self) -> Indicator:
        if self.register_rows is not None and not self.unknown_without_rows:
            raise Unfit(
                "register_rows 只与 unknown_without_rows 同用", "register_rows goes with unknown_without_rows alone"
            )
        return self

    @model_validator(mode="after")
    def _due_by_the_deadlines_of_its_denominator(self) -> Indicator:
        if self.due and (self.denominator is None or self.denominator.period is None):
            raise Unfit("due 只用于 denominator 写了 period 的指标", "due goes with a denominator that has a period")
        return self

    @model_validator(mode="after")
    def _ranked_for_a_purpose(self) -> Indicator:
        if self.ranked and (self.better is None or self.ranked_for is None):
            raise Unfit("ranked 要写明 better 和 ranked_for", "ranked needs better and ranked_for")
        if self.ranked_for is not None and not self.ranked:
            raise Unfit("ranked_for 只与 ranked 同用", "ranked_for goes with ranked alone")
        return self

    @model_validator(mode="after")
    def _earlier_ones_ascend(self) -> Indicator:
        if self.is_reported and (self.by or self.earlier or self.unknown_without_rows):
            raise Unfit(
                "by、earlier、unknown_without_rows 只用于由记录算出的指标",
                "by, earlier and unknown_without_rows are for derived indicators",
            )
        if any(after.until <= before.until for before, after in pairwise(self.earlier)):
            raise Unfit("earlier 须按 until 从早到晚排列", "earlier has to ascend by until")
        if any((one.denominator is None) != (self.denominator is None) for one in self.earlier):
            raise Unfit(
                "earlier 与现在的口径须同有或同无 denominator",
                "all definitions have a denominator, or none has",
            )
        return self


class Return(PackModel):
    """A statistical return 报表: figures that are asked together of units, for each period, and approved in steps."""

    code: Code = Field(description="Code of the return.")
    name: Text = Field(description="Its name, such as 教育事业年报.")
    indicators: list[QualifiedCode] = Field(min_length=1, description="The reported indicators it asks for, in order.")
    period: PeriodName = Field(description="How long one of its periods is.")
    asked_of: list[Code] = Field(min_length=1, description="Kinds of place whose units are asked.")
    reported_by: list[Code] = Field(min_length=1, description="Roles that fill it in and submit it, at such a place.")
    approved_by: list[list[Code]] = Field(
        min_length=1,
        description="The steps of approval in their order, each with its roles; at every step another person.",
    )
    due_days: int = Field(default=15, ge=0, le=366, description="Days after the period's last until it is due.")


class FigureRule(PackModel):
    """A rule between figures of one place and period, held when they are reported and shown where it is broken."""

    code: Code = Field(description="Code of the rule.")
    name: Text = Field(description="What it says, such as 示范点数不超过活动中心总数.")
    severity: Literal["error", "warning"] = Field(description="error: not submitted; warning: submitted with a remark.")
    left: list[QualifiedCode] = Field(min_length=1, description="Indicators that are added up.")
    relation: Literal["at_most", "equals"] = Field(description="How the left sum stands to the right one.")
    right: list[QualifiedCode] = Field(min_length=1, description="Indicators that are added up.")
