"""Four sections of a pack: groups of services, the services with their guides, bundles for one life event, ratings.

A request is a matter of a kind that the item names: workflow, clocks, evidence and money come from there.
"""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from pydantic import Field, model_validator

from huoshui.packs.schema import Code, PackModel, QualifiedCode, Text, Unfit

Mode = Literal["direct", "agent", "assisted", "told"]
DIRECT, AGENT, ASSISTED, TOLD = "direct", "agent", "assisted", "told"


class Named(PackModel):
    """A code with its label."""

    code: Code = Field(description="Code that is stored.")
    name: Text = Field(description="Label that is shown.")


class ServiceGroup(Named):
    """A group of items, such as social insurance."""


class Material(Named):
    """One thing to bring. The same code in two items of a pack is the same thing, and is asked for once in a bundle."""

    form: Literal["original", "copy", "original_and_copy"] = Field(
        default="original", description="Whether the original is shown, a copy handed in, or both."
    )
    copies: int = Field(default=1, ge=1, le=20, description="How many.")
    issuer: Text | None = Field(default=None, description="Who issues it; absent: the applicant writes it.")
    may_follow: bool = Field(
        default=False, description="Whether the request is taken without it, to be handed in later (容缺受理)."
    )


class SpecialStep(PackModel):
    """A step that takes its own time, such as a public notice or an expert's opinion."""

    name: Text = Field(description="What is done.")
    days: int = Field(ge=1, le=366, description="Working days that it takes.")
    counts: bool = Field(description="Whether these days are part of the promised and of the legal limit.")


class Question(PackModel):
    """A question that is often asked, and the answer."""

    question: Text = Field(description="The question.")
    answer: Text = Field(description="The answer.")


class RequestRule(PackModel):
    """How a request is carried."""

    kind: QualifiedCode = Field(description="Kind of matter that carries it.")
    fields: list[Code] = Field(
        default_factory=list, description="Fields of the kind that are asked for when the request is taken."
    )
    titled_by: Code | None = Field(
        default=None,
        description="Text field among them whose value is the title of the matter, such as a topic in a sentence; "
        "absent, or left empty: the item's name.",
    )


class ServiceItem(Named):
    """A service with its guide 办事指南 and how a request for it is taken."""

    group: Code = Field(description="Its group, of the same pack.")
    mode: Mode = Field(
        description="direct: done here 直办; agent: done for you 代办; assisted 协办; told: openly told 公开告知."
    )
    for_whom: Text = Field(description="Who can ask for it.")
    conditions: list[Text] = Field(default_factory=list, description="What must be so.")
    materials: list[Material] = Field(default_factory=list, description="What to bring.")
    special_steps: list[SpecialStep] = Field(default_factory=list, description="Steps that take their own time.")
    flow: list[Text] = Field(min_length=1, description="The way of a request, step by step.")
    fee: Text = Field(description="What it costs, such as 不收费.")
    basis: list[Text] = Field(min_length=1, description="What it rests on: law, rule, document.")
    questions: list[Question] = Field(default_factory=list, description="Questions that are often asked.")
    visits: int = Field(default=1, ge=0, le=10, description="How often somebody has to come.")
    advice_phone: str = Field(default="", max_length=40, description="Phone for advice, unless the hub has its own.")
    complaint_phone: str = Field(default="", max_length=40, description="Phone for complaints.")
    legal_days: int | None = Field(default=None, ge=1, le=366, description="Legal limit in working days.")
    promised_days: int | None = Field(
        default=None, ge=1, le=366, description="Promised limit in working days, no longer than the legal one."
    )
    request: RequestRule | None = Field(default=None, description="How a request is carried; none for what is told.")
    rating: Code | None = Field(default=None, description="Ratings rule, of the same pack; absent: it is not rated.")

    @model_validator(mode="after")
    def _requests_are_promised(self) -> ServiceItem:
        if (self.mode == TOLD) != (self.request is None):
            raise Unfit("公开告知的事项没有 request，其他的必须有", "request is for every mode but told")
        if self.request and self.promised_days is None:
            raise Unfit("可受理的事项须写 promised_days", "an item with requests needs promised_days")
        if self.legal_days and self.promised_days and self.promised_days > self.legal_days:
            raise Unfit("promised_days 不得长于 legal_days", "promised_days may not be longer than legal_days")
        if self.rating and not self.request:
            raise Unfit("没有 request 的事项没有评价", "an item without requests has no rating")
        return self

    @property
    def whole_days(self) -> int:
        """Working days from a request to the promised day: the promise, and the special steps outside of it."""
        return (self.promised_days or 0) + sum(step.days for step in self.special_steps if not step.counts)

    def material(self, code: str) -> Material | None:
        """A material by its code, or None."""
        return next((known for known in self.materials if known.code == code), None)


class ServiceBundle(Named):
    """Several items for one life event 一件事: shared materials are asked for once, one matter holds the others."""

    about: Text = Field(description="For which event, in a sentence.")
    items: list[Code] = Field(min_length=2, description="Items of the same pack.")
    kind: QualifiedCode = Field(description="Kind of the matter that holds those of the items.")


class RatingLevel(Named):
    """One level of satisfaction."""

    satisfied: bool = Field(description="Whether it counts as satisfied.")
    opens: bool = Field(default=False, description="Whether it opens a correction.")


class RatingRule(Named):
    """How requests are rated 好差评, and which ratings have to be corrected."""

    levels: list[RatingLevel] = Field(min_length=2, max_length=10, description="Levels, the best first.")
    aspects: list[Named] = Field(default_factory=list, description="What is rated besides, each by the same levels.")
    open_days: int = Field(
        default=60, ge=1, le=366, description="Calendar days after the work was done within which it can be rated."
    )
    change_days: int = Field(
        default=7, ge=0, le=60, description="Calendar days within which a rating can be changed; 0: on its own day."
    )
    correction: QualifiedCode | None = Field(
        default=None, description="Kind of matter that corrects; for levels that open."
    )

    @model_validator(mode="after")
    def _opening_levels_have_a_kind(self) -> RatingRule:
        if any(level.opens for level in self.levels) != (self.correction is not None):
            raise Unfit("有开启整改的等级才写 correction", "correction goes with levels that open one")
        worst = [level.opens for level in self.levels]
        if worst != sorted(worst):
            raise Unfit("开启整改的应是最低的等级", "the levels that open a correction are the lowest ones")
        return self

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Position of each level from 1, the best."""
        return {level.code: at for at, level in enumerate(self.levels, 1)}

    def level(self, code: str) -> RatingLevel | None:
        """A level by its code, or None."""
        return next((known for known in self.levels if known.code == code), None)
