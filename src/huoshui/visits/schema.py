"""The ``checklists`` section of a pack: what judges look at, how it is scored, what opens a matter.

Points are written in the pack as numerals ("2.5") and held here in thousandths of a point.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from huoshui.kernel.numbers import POINT_DECIMALS, scaled
from huoshui.packs.schema import Code, Meant, Numeral, NumeralSchema, PackModel, QualifiedCode, Text, numeral
from huoshui.visits.question_types import Choices, DateAnswer, TextAnswer

Method = Literal["hear", "see", "check", "test", "score"]
YesNo = Literal["yes", "no"]
MissingPolicy = Literal["blocks", "zero", "rescale"]

POINTS_UNIT = "分"
METHOD_NAMES: dict[Method, Text] = {
    "hear": Text(zh="听", en="Hear"),
    "see": Text(zh="看", en="See"),
    "check": Text(zh="查", en="Check"),
    "test": Text(zh="测", en="Test"),
    "score": Text(zh="评", en="Score"),
}


def _thousandths(value: Any) -> int:
    return numeral(value, POINT_DECIMALS)


def _word(value: Any) -> Any:
    """YAML 1.1 readers turn a bare yes or no into a truth value."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else value


Points = Annotated[int, BeforeValidator(_thousandths), Field(ge=0), NumeralSchema]
"""Points, given as a numeral with at most three decimals, held in thousandths."""
YesNoWord = Annotated[YesNo, BeforeValidator(_word)]


class GradedOption(PackModel):
    """One grade of a graded item."""

    code: Code = Field(description="Code that is stored.")
    name: Text = Field(description="Label that is shown.")
    points: Points = Field(description="Points that this grade earns.")


class Graded(PackModel):
    """The judge picks a grade, or gives points freely in steps."""

    type: Literal["graded"] = Field(description="graded")
    options: list[GradedOption] = Field(
        default_factory=list, description="The grades, best first; empty: points are given freely."
    )
    step: Points = Field(default=0, description="Step of freely given points, such as 0.5; only without options.")


class Deduction(PackModel):
    """Each finding takes points off; never below zero."""

    type: Literal["deduction"] = Field(description="deduction")
    per_finding: Points = Field(description="Points that each finding takes off.")
    maximum: Points | None = Field(
        default=None, description="Most that may be taken off; without it, all points of the item."
    )


class YesNoScoring(PackModel):
    """Yes earns the item's points, no earns none."""

    type: Literal["yes_no"] = Field(description="yes_no")
    fails_when: YesNoWord | None = Field(default=None, description="The answer with which the item fails: yes or no.")


class Threshold(PackModel):
    """A measured value that meets the threshold earns the points; of an item without points it may be only asked."""

    type: Literal["threshold"] = Field(description="threshold")
    unit: str = Field(min_length=1, description="Unit of the measured value, such as 平方米.")
    at_least: Numeral | None = Field(default=None, description="Least value that meets the threshold.")
    at_most: Numeral | None = Field(default=None, description="Greatest value that meets the threshold.")
    minimum: Numeral | None = Field(
        default=None, description="Least value that can be entered, which may be below 0; without it, 0."
    )
    maximum: Numeral | None = Field(default=None, description="Greatest value that can be entered.")
    decimals: int = Field(default=0, ge=0, le=6, description="Decimals of the measured value.")
    below: Literal["zero", "proportional"] = Field(
        default="zero",
        description="What a value that misses the threshold earns: zero, or its share of the points.",
    )

    @property
    def bounded(self) -> bool:
        """Whether there is a threshold at all."""
        return self.at_least is not None or self.at_most is not None

    @property
    def limit(self) -> int:
        """The threshold, scaled by the decimals."""
        limit = self.at_least if self.at_least is not None else self.at_most
        return scaled(limit or 0, 10**self.decimals)


Scoring = Annotated[
    Graded | Deduction | YesNoScoring | Threshold | TextAnswer | DateAnswer | Choices, Field(discriminator="type")
]
RelevantText = Annotated[str, Field(min_length=1, max_length=1000)]
"""A condition over answers; see ``visits.relevance`` for what it may hold."""


class Evidence(PackModel):
    """Photos that an answer needs before the sheet can be submitted."""

    photos: int = Field(default=1, ge=1, le=20, description="Least number of photos.")
    when: Literal["failing", "always"] = Field(
        default="failing", description="Wanted only with a failing answer, or always."
    )


class Opens(PackModel):
    """The matter that a failing item opens when the round is sealed, or when a visit by itself is handed in."""

    kind: QualifiedCode = Field(description="Kind of matter, such as rectification.item.")
    severity: Code = Field(default="ordinary", description="Severity the matter begins with.")
    without_round: bool = Field(
        default=False,
        description="Whether a visit that stands by itself, such as an inspection or a patrol, opens it too, when it "
        "is handed in: one for each place and item, and none while an earlier one still runs. Otherwise only the seal "
        "of a round opens it.",
    )
    values: dict[Code, str | int | bool] = Field(
        default_factory=dict,
        description="Values of the kind's fields that the matter begins with, such as the ledger in which it stands.",
    )


class Item(Meant):
    """One thing to look at, and how it is scored."""

    meaning_changed: ClassVar[str] = "checklist.meaning_changed"

    code: Code = Field(description="Code of the item, unique within the checklist.")
    name: Text = Field(description="What is looked at.")
    guidance: Text | None = Field(default=None, description="How to judge it; shown beside the item.")
    method: Method = Field(description="hear 听, see 看, check 查, test 测 or score 评.")
    points: Points = Field(description="Points that a full answer earns; 0 in a survey.")
    scoring: Scoring = Field(description="How the answer becomes points; text, date and choices are only asked.")
    relevant: RelevantText | None = Field(
        default=None,
        description="When it is asked: a condition over items before it, such as toilet and users >= 10. Only of an "
        "item without points. Not asked, it is not required and not counted.",
    )
    constraint_message: Text | None = Field(
        default=None, description="Said, instead of the system's own words, of an answer outside of its bounds."
    )
    evidence: Evidence | None = Field(default=None, description="Photos wanted.")
    prefill_from: Annotated[str, Field(pattern=r"^([a-z][a-z0-9_]*\.)?[a-z][a-z0-9_]*$", max_length=81)] | None = Field(
        default=None,
        description="Attribute the form shows filled in: of the place (floor_area), or of the one site of a "
        "kind in it (hub.floor_area). The judge confirms it.",
    )
    fails_below: int | None = Field(
        default=None,
        ge=1,
        le=100,
        description="The item fails for a judge when the answer earns less than this percent of the points.",
    )
    opens: Opens | None = Field(default=None, description="Matter that a failing item opens.")

    def meaning(self) -> dict[tuple[str, ...], Any]:
        """How it is scored, and of a measured value the unit and the decimals."""
        said: dict[tuple[str, ...], Any] = {("scoring", "type"): self.scoring.type}
        if isinstance(self.scoring, Threshold):
            said |= {("scoring", "unit"): self.scoring.unit, ("scoring", "decimals"): self.scoring.decimals}
        return said

    def photos_needed(self, fails: bool) -> int:
        """How many photos an answer needs before the sheet can be handed in; ``fails``: whether the answer does."""
        if self.evidence is None or (self.evidence.when == "failing" and not fails):
            return 0
        return self.evidence.photos


class Standard(PackModel):
    """A standard that the items of a section are together, such as four things that a river is to be without."""

    name: Text = Field(description="What publications call the number of its items.")
    unit: str = Field(min_length=1, max_length=20, description="Unit in which they are counted, such as 条.")


class ChecklistSection(PackModel):
    """A part of the checklist, shown under its own heading."""

    code: Code = Field(description="Code of the section, unique within the checklist.")
    name: Text = Field(description="Heading.")
    points: Points | None = Field(
        default=None, description="Points of the section, to be checked against the sum of its items."
    )
    relevant: RelevantText | None = Field(
        default=None, description="When its items are asked: a condition over items of earlier sections."
    )
    standard: Standard | None = Field(
        default=None,
        description="The standard that its items are together; publications are checked against how many they are.",
    )
    items: list[Item] = Field(min_length=1, description="Items, in the order of the visit.")


class AdjustmentDef(PackModel):
    """A bonus or deduction that the tally clerk may record once per place, after the lock."""

    code: Code = Field(description="Code, unique within the checklist.")
    name: Text = Field(description="What it is given for.")
    kind: Literal["bonus", "deduction"] = Field(description="Added to the mean, or taken off it.")
    maximum: Points = Field(description="Most points that one place can get or lose by it.")


class ScoringRules(PackModel):
    """How judges' totals become a place's score; a round may be planned with other rules."""

    drop_highest: int = Field(default=0, ge=0, le=20, description="How many highest totals are dropped.")
    drop_lowest: int = Field(default=0, ge=0, le=20, description="How many lowest totals are dropped.")
    minimum_judges: int = Field(default=1, ge=1, le=100, description="Fewest judges' sheets that a place needs.")
    missing: MissingPolicy = Field(
        default="blocks",
        description="A missing answer: blocks the sheet, scores zero, or rescales the rest to the full points.",
    )
    quorum: Literal["majority"] | Annotated[int, Field(ge=1, le=100)] = Field(
        default="majority",
        description="An item fails for a place when more than half of the judges, or this many, found it failing.",
    )


class Lists(PackModel):
    """Red and blue lists: the places at the top and at the bottom of a sealed round."""

    purpose: Text = Field(description="What the lists are for; stands above them.")
    red: int = Field(
        default=0, ge=0, le=500, description="红榜: how many of the best; ties at the edge are all listed."
    )
    blue: int = Field(
        default=0, ge=0, le=500, description="蓝榜: how many of the last; ties at the edge are all listed."
    )


class Ranking(PackModel):
    """Places are put in order by their totals."""

    purpose: Text = Field(description="What ranking the places is for; stands where the ranks are shown.")
    lists: Lists | None = Field(default=None, description="Red and blue lists; without them there are none.")


class Asks(PackModel):
    """Who is asked to answer a survey, each at the places of their own duty, and until when."""

    roles: list[Code] = Field(min_length=1, description="Roles whose holders may fill it in at their places.")
    until: dt.date | None = Field(
        default=None, description="The last day; what comes later is taken and shown as late. Absent: no day is set."
    )


class Checklist(PackModel):
    """A checklist: sections of items, adjustments, and the rules of scoring."""

    code: Code = Field(description="Code of the checklist within the pack.")
    name: Text = Field(description="Name of the checklist.")
    place_kinds: list[Code] = Field(min_length=1, description="Kinds of place it is for.")
    method_names: dict[Method, Text] = Field(
        default_factory=dict, description="Other names for the five methods than 听看查测评."
    )
    points: Points | None = Field(
        default=None, description="Points of the whole, to be checked against the sum of the items."
    )
    decimals: int = Field(default=2, ge=0, le=3, description="Decimals of the published mean.")
    rules: ScoringRules = Field(default_factory=ScoringRules, description="Rules of scoring.")
    sections: list[ChecklistSection] = Field(min_length=1, description="Sections, in the order of the visit.")
    adjustments: list[AdjustmentDef] = Field(default_factory=list, description="Bonuses and deductions after the lock.")
    ranking: Ranking | None = Field(
        default=None, description="Whether places are ranked, and for what; without it no rank is shown anywhere."
    )
    asks: Asks | None = Field(
        default=None,
        description="Of a survey without points: who answers it at their own places; absent: whoever scores there.",
    )

    def __str__(self) -> str:
        return str(self.name)

    @property
    def items(self) -> dict[str, Item]:
        """Every item by its code, in the order of the checklist."""
        return {item.code: item for section in self.sections for item in section.items}

    @property
    def total_points(self) -> int:
        """The sum of the items' points, in thousandths."""
        return sum(item.points for section in self.sections for item in section.items)

    @property
    def most_points(self) -> int:
        """The most that a place can get, every bonus included, in thousandths."""
        return self.total_points + sum(entry.maximum for entry in self.adjustments if entry.kind == "bonus")

    def adjustment(self, code: str) -> AdjustmentDef | None:
        """The adjustment with this code, if the checklist has it."""
        return next((entry for entry in self.adjustments if entry.code == code), None)

    def method_name(self, method: Method) -> Text:
        """The name of a method: the checklist's own, or the usual one."""
        return self.method_names.get(method) or METHOD_NAMES[method]
