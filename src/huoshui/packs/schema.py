"""Types that every section of a pack shares: labels, codes, fields, the manifest."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from django.utils.translation import get_language
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from huoshui.kernel.numbers import TooFine, TooLarge, scaled

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
"""A code inside a pack: lower-case letters, digits and underscores."""
QualifiedCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=81)]
"""``pack.code``, as one pack names what another (or it itself) declares."""
Version = Annotated[str, StringConstraints(pattern=r"^\d+\.\d+\.\d+$")]


class PackModel(BaseModel):
    """Base of every typed part of a pack: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(PackModel):
    """A label in Chinese and English; both are required."""

    zh: str = Field(min_length=1, description="Simplified Chinese.")
    en: str = Field(min_length=1, description="English.")

    def __str__(self) -> str:
        return self.en if (get_language() or "zh").startswith("en") else self.zh


class Unfit(ValueError):
    """Why a value does not fit, in the words of those who write packs; a plain ValueError has English ones alone."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.text = Text(zh=zh, en=en)


def numeral(value: Any, decimals: int) -> int:
    """A number or a string of a pack, scaled by its decimals. Raises Unfit."""
    try:
        return scaled("" if isinstance(value, bool) else value, 10**decimals)
    except TooFine:
        raise Unfit(f"至多 {decimals} 位小数", f"at most {decimals} decimals") from None
    except TooLarge:
        raise Unfit("数太大", "too large") from None
    except ValueError:
        raise Unfit("应为数字", "not a number") from None


def _numeral(value: Any) -> Decimal:
    return Decimal(numeral(value, 6)) / 10**6


NumeralSchema = WithJsonSchema({"type": ["number", "string"]})
Numeral = Annotated[Decimal, BeforeValidator(_numeral), NumeralSchema]
"""A decimal numeral, given as a number or a string."""


class Meant(PackModel):
    """A part of a definition whose code, once published, never changes its meaning."""

    meaning_changed: ClassVar[str] = "pack.meaning"
    """The catalogue's error for it; its parameters are name, code and was."""

    code: Code
    name: Text

    def meaning(self) -> dict[tuple[str, ...], Any]:
        """What a stored value means, by where each part of it stands below this one."""
        raise NotImplementedError


class Choice(PackModel):
    """One option of a choice field."""

    code: Code = Field(description="Code that is stored.")
    name: Text = Field(description="Label that is shown.")


class FieldDef(Meant):
    """A typed field: of a place kind's attributes, of a matter, of an answer."""

    code: Code = Field(description="Code, never to change its meaning once published.")
    name: Text = Field(description="Label.")
    type: Literal[
        "text", "long_text", "integer", "decimal", "date", "yes_no", "choice", "money", "account", "office"
    ] = Field(
        description="Type of the value; money is in fen, account is a person with a duty, office a unit, of matters."
    )
    unit: str = Field(default="", description="Unit shown behind the number, such as 平方米.")
    decimals: int = Field(default=0, ge=0, le=6, description="Decimals of a decimal field.")
    minimum: int | None = Field(default=None, description="Least value allowed (of a number).")
    maximum: int | None = Field(default=None, description="Greatest value allowed (of a number).")
    max_length: int = Field(default=2000, ge=1, le=20_000, description="Longest text allowed.")
    choices: list[Choice] = Field(default_factory=list, description="Options of a choice field.")
    required: bool = Field(default=False, description="Whether a value must be there from the start.")
    personal: bool = Field(
        default=False, description="Personal data: encrypted, masked, journalled as digest; only texts of matters."
    )
    hint: Text | None = Field(default=None, description="Help shown beside the field.")

    @model_validator(mode="after")
    def _choices_only_for_choice(self) -> FieldDef:
        if (self.type == "choice") != bool(self.choices):
            zh = "choices 只属于 type 为 choice 的字段，且至少要有一个"
            raise Unfit(zh, "choices belong to a field of type choice, and it needs at least one")
        return self

    @property
    def names_whom(self) -> bool:
        """Whether its value is a person or a unit of the register."""
        return self.type in ("account", "office")

    def meaning(self) -> dict[tuple[str, ...], Any]:
        """Type, decimals and unit."""
        return {("type",): self.type, ("decimals",): self.decimals, ("unit",): self.unit}


class Manifest(PackModel):
    """``pack.yaml``: what the pack is, and on which packs it stands."""

    code: Code = Field(description="Code of the pack.")
    version: Version = Field(description="Version, major.minor.patch; a published version never changes.")
    name: Text = Field(description="Name of the mechanism.")
    description: Text = Field(description="What it is for, in a sentence.")
    requires: list[Code] = Field(default_factory=list, description="Packs that must be loaded before it.")
    source: Text | None = Field(
        default=None, description="Where its rules come from (a standard, a guideline, a published practice)."
    )


def version_key(version: str) -> tuple[int, ...]:
    """Versions compare by number, not by letter."""
    return tuple(int(part) for part in version.split("."))


CODE_PATTERN = re.compile(r"^[a-z][a-z0-9_]*$")
RawContent = dict[str, list[dict[str, Any]]]
"""Content of a pack as read: section name -> list of definitions."""
