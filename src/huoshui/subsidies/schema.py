"""The ``subsidies`` section of a pack: award-in-lieu schemes 以奖代补, what they give and who decides.

Sums are written in the pack in yuan ("60000") and held here in fen.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from huoshui.packs.schema import Code, Numeral, NumeralSchema, PackModel, QualifiedCode, Text, Unfit, numeral


def _fen(value: Any) -> int:
    return numeral(value, 2)


Yuan = Annotated[int, BeforeValidator(_fen), Field(ge=0), NumeralSchema]
"""A sum of money, given in yuan with at most two decimals, held in fen."""
Percent = Annotated[Numeral, Field(ge=0, le=100)]


class Measure(PackModel):
    """What the tiers go by."""

    field: Code = Field(description="Number field (or score) of every kind that the scheme covers.")
    unit: str = Field(min_length=1, description="Its unit, the same as the kinds declare.")


class Tier(PackModel):
    """One tier: from where to where, and what it gives; the first that matches is used."""

    at_least: Numeral | None = Field(default=None, description="Least measure that it covers; absent: no lower bound.")
    below: Numeral | None = Field(default=None, description="Measure that it no longer covers; absent: no upper bound.")
    fixed: Yuan | None = Field(default=None, description="Fixed sum, in yuan.")
    share: Percent | None = Field(default=None, description="Percent of the accepted cost; rounded down to the fen.")
    cap: Yuan | None = Field(default=None, description="Most that a share gives, in yuan; absent: no cap.")

    @model_validator(mode="after")
    def _one_award(self) -> Tier:
        if (self.fixed is None) == (self.share is None):
            raise Unfit("fixed 与 share 须写且只写一个", "exactly one of fixed and share is needed")
        if self.cap is not None and self.share is None:
            raise Unfit("cap 只与 share 同用", "cap goes with share alone")
        if self.at_least is not None and self.below is not None and self.at_least >= self.below:
            raise Unfit("at_least 须小于 below", "at_least has to be less than below")
        return self

    def covers(self, measure: Decimal) -> bool:
        """Whether the measure lies within its bounds."""
        above = self.at_least is None or measure >= self.at_least
        return above and (self.below is None or measure < self.below)


class Scheme(PackModel):
    """A subsidy that is paid after acceptance, out of the pot of its year."""

    code: Code = Field(description="Code of the scheme.")
    name: Text = Field(description="Its name, such as 阵地建设以奖代补.")
    kinds: list[QualifiedCode] = Field(min_length=1, description="Kinds of matter that it subsidises.")
    accepted_in: list[Code] = Field(
        min_length=1, description="States in which a matter counts as accepted; only verifying steps may lead there."
    )
    cost: Code = Field(description="Type of money line whose sum is the accepted cost.")
    applied: Code = Field(description="Type of the line that an application writes.")
    approved: Code = Field(description="Type of the line that an approval writes.")
    paid: Code = Field(
        description="Type of the lines that pay it: ordered by one, confirmed by another, never above what is approved."
    )
    applied_by: list[Code] = Field(min_length=1, description="Roles (or owner) that apply.")
    approved_by: list[Code] = Field(min_length=1, description="Roles that approve or decline; never the applicant.")
    measure: Measure = Field(description="What the tiers go by.")
    tiers: list[Tier] = Field(min_length=1, description="Tiers; the first that matches is used.")
    total: bool = Field(default=False, description="Whether every measure that the field allows is in some tier.")
    monotone: bool = Field(default=False, description="Whether a greater measure never gives less.")
