"""What a cell of a form is filled with."""

from __future__ import annotations

from typing import Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from huoshui.kernel.errors import Refusal

CellKind = Literal["figure", "record", "fact", "typed"]
FACTS = (
    "place_name", "place_official", "place_code", "town", "district", "period", "year", "month", "today", "unit",
    "person",
)  # fmt: skip
"""Facts of the place, the period and whoever fills; beside them attribute:<code> of the place."""
ATTRIBUTE = "attribute:"
TARGET = "target"
OWN, BEFORE, YEAR_AGO, YEAR = "own", "before", "year_ago", "year"
HERE, BY_ROW, BY_COLUMN = "own", "row", "column"


class CellSpec(BaseModel):
    """What one cell is filled with; which of the keys count depends on ``kind``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: CellKind
    indicator: str = Field(default="", max_length=81, description="Of a figure: its code.")
    part: Literal["value", "numerator", "denominator", "target"] = Field(
        default="value", description="Of a figure: its value, one of its parts, or what it should come to."
    )
    period: Literal["own", "before", "year_ago", "year"] = Field(
        default="own", description="The form's period, the one before, the same a year ago, or the year it lies in."
    )
    place: Literal["own", "row", "column"] = Field(
        default="own", description="The form's place, or the one below that the row's or the column's heading names."
    )
    unit: str = Field(default="", max_length=20, description="The unit that the form wants; empty: the indicator's.")
    rows: str = Field(default="", max_length=100, description="Of a list: matters:KIND, places:KIND or honours.")
    which: Literal["opened", "closed", "going"] = Field(default="opened", description="Of matters: which of them.")
    column: str = Field(default="", max_length=60, description="Of a list: the column.")
    fact: str = Field(default="", max_length=60, description="Of a fact: its code.")
    label: str = Field(default="", max_length=60, description="Of what is typed: how it is asked.")
    type: Literal["number", "text", "date"] = Field(default="text", description="Of what is typed: its type.")
    required: bool = Field(default=False, description="Of what is typed: whether it has to be answered.")

    def told(self) -> dict[str, Any]:
        """The keys that say something: as it is kept and journalled."""
        return self.model_dump(exclude_defaults=True) | {"kind": self.kind}

    @property
    def question(self) -> str:
        """The same for two cells that ask the same thing; "" for what is typed."""
        match self.kind:
            case "figure":
                return f"figure:{self.indicator}:{self.part}:{self.period}"
            case "record":
                return f"record:{self.rows}:{self.which}:{self.column}"
            case "fact":
                return f"fact:{self.fact}" if self.fact.startswith(ATTRIBUTE) else ""
        return ""


def cell_spec(given: dict[str, Any], where: str = "") -> CellSpec:
    """A spec as it was sent. Raises form.spec, naming the key."""
    try:
        return CellSpec(**given)
    except (ValidationError, TypeError) as error:
        key = str(error.errors()[0]["loc"][0]) if isinstance(error, ValidationError) else "?"
        raise Refusal("form.spec", field=key, where=where or _("这一格"), key=key) from None
