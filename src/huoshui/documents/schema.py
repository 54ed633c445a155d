"""The ``documents`` section of a pack: kinds of documents 文书, of which places and periods, and what they say.

What a kind says is written with the placeholders of ``documents.language``. The Word template that users download is
made from it, so that a pack is a folder of text alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from huoshui.figures.schema import PeriodName
from huoshui.packs.schema import Code, PackModel, Text, Unfit

LONGEST_SUBJECT = 200


class InputDef(PackModel):
    """Something that whoever drafts a document writes by hand."""

    code: Code = Field(description="Name of its placeholder.")
    name: Text = Field(description="Label.")
    long: bool = Field(default=False, description="Whether it has paragraphs; its placeholder is then a list of them.")
    required: bool = Field(default=False, description="Whether a document is not issued without it.")
    max_length: int = Field(default=200, ge=1, le=20_000, description="Longest text allowed.")
    hint: Text | None = Field(default=None, description="Help shown beside the field.")


OFFICIAL = (
    InputDef(code="number", name=Text(zh="发文字号", en="Document number"), max_length=40),
    InputDef(code="addressee", name=Text(zh="主送机关", en="Addressee"), max_length=200),
    InputDef(code="copies", name=Text(zh="抄送机关", en="Copies to"), max_length=200),
)
"""What is written by hand in every official document (GB/T 9704-2012: 7.2.5, 7.3.2, 7.4.2)."""


class TableColumn(PackModel):
    """A column of a table."""

    head: str = Field(min_length=1, max_length=40, description="Head of the column.")
    text: str = Field(min_length=1, max_length=500, description="What stands in a cell, with placeholders.")
    align: Literal["left", "center", "right"] = Field(default="left", description="How it is set.")
    width: int = Field(default=1, ge=1, le=20, description="Its share of the width.")


class TablePart(PackModel):
    """A table with a row for each of a list."""

    each: str = Field(description="The list and the name of one of it: honour in honours.")
    columns: list[TableColumn] = Field(min_length=1, description="Columns.")


class Part(PackModel):
    """A heading, paragraphs, a table, or parts that stand there for each of a list or under a condition."""

    heading: str | None = Field(default=None, max_length=200, description="A heading, with placeholders.")
    text: str | None = Field(default=None, max_length=5000, description="A paragraph, with placeholders.")
    style: Literal["body", "center", "note", "signature", "imprint"] = Field(
        default="body", description="How a paragraph is set; signature and imprint as GB/T 9704 has them."
    )
    table: TablePart | None = Field(default=None, description="A table.")
    each: str | None = Field(default=None, description="Repeat the parts below: group in groups.")
    when: str | None = Field(default=None, description="Only where this holds: honours, figure(…).known.")
    parts: list[Part] = Field(default_factory=list, description="Parts below.")

    @model_validator(mode="after")
    def _says_something(self) -> Part:
        said = [self.heading is not None, self.text is not None, self.table is not None, bool(self.parts)]
        if sum(said) != 1:
            raise Unfit("heading、text、table、parts 须写且只写一个", "exactly one of heading, text, table, parts")
        if (self.each is not None or self.when is not None) and not self.parts:
            raise Unfit("each 和 when 只与 parts 同用", "each and when go with parts alone")
        return self


class DocumentKind(PackModel):
    """A kind of document, issued for a place and a period."""

    code: Code = Field(description="Code of the kind.")
    name: Text = Field(description="Its name, such as 年度工作综述.")
    about: Text = Field(description="What it is for, in a sentence.")
    place_kinds: list[Code] = Field(min_length=1, description="Kinds of place that have one.")
    periods: list[PeriodName] = Field(min_length=1, description="Kinds of period that it is about.")
    layout: Literal["report", "page", "official"] = Field(
        default="report",
        description="report: headings and tables; page: one page; official: as GB/T 9704-2012 sets official documents.",
    )
    title: str = Field(min_length=1, max_length=200, description="Its title, with placeholders.")
    inputs: list[InputDef] = Field(default_factory=list, description="What is written by hand.")
    told_apart_by: Code | None = Field(
        default=None,
        description="The input that tells apart several documents of one place and period, such as a notice's title.",
    )
    parts: list[Part] = Field(min_length=1, description="What it says, from top to bottom.")

    @model_validator(mode="after")
    def _told_apart_by_what_is_always_there(self) -> DocumentKind:
        known = {one.code for one in self.inputs if one.required and not one.long and one.max_length <= LONGEST_SUBJECT}
        if self.told_apart_by is not None and self.told_apart_by not in known:
            raise Unfit(
                f"told_apart_by 须是必填、单行、至多 {LONGEST_SUBJECT} 字的一项 inputs",
                f"told_apart_by must be one of inputs: required, one line, at most {LONGEST_SUBJECT} characters",
            )
        return self

    def subject_of(self, texts: Mapping[str, str]) -> str:
        """What tells a document with these texts apart from others of its place and period; "" where there is one."""
        return texts.get(self.told_apart_by, "").strip() if self.told_apart_by else ""

    @property
    def all_inputs(self) -> list[InputDef]:
        """What is written by hand, with what every official document has."""
        return [*(OFFICIAL if self.layout == "official" else ()), *self.inputs]
