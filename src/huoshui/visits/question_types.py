"""Questions that are asked and never scored: a text, a date, several of many choices. One of many is ``graded``."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from huoshui.packs.schema import Choice, PackModel

LONGEST_TEXT = 2000
MOST_CHOICES = 200
NAMED_PERSON = re.compile(
    r"谁|姓名|户主名|名字|身份证|证件号|公民身份号码|手机|联系电话|联系方式|电话号码|微信号|邮箱|住址|门牌号"
    r"|银行卡|银行账[号户]|社保卡号|出生[年日]|生日"
    r"|\bwho(?:m|se)?\b|\b(?:full|first|last|family|given|maiden|person'?s|your|his|her|their|owner'?s|householder'?s|respondent'?s"
    r"|resident'?s|contact'?s?|father'?s|mother'?s|child'?s|patient'?s) ?names?\b"
    r"|\bnames? of (?:the |your |each )?(?:person|people|owner|householder|respondent|resident|contact|father|mother"
    r"|child|patient|applicant|interviewee|head)"
    r"|\b(?:id|identity|passport|citizen)(?: card)? ?(?:number|no\b)|\bid card\b"
    r"|\bphone\b|\bmobile\b|\btelephone\b|\be-?mail\b|\bhome address\b|\bbank (?:account|card)\b"
    r"|\bdate of birth\b|\bbirth ?da(?:y|te)\b|\bborn\b",
    re.IGNORECASE,
)
"""Words with which a question asks for who somebody is (law 7); in Chinese and in English."""
NOT_WANTED = re.compile(r"不|勿|别|免|\b(?:no|not|never|without)\b|n't\b", re.IGNORECASE)
CLAUSES = re.compile(r"[，。；：、,.;:\n]")


def personal_word(asked: Iterable[str], told: Iterable[str]) -> str:
    """The first word with which a question asks for who somebody is; "" when it does not.

    ``asked``: the question itself; ``told``: how to answer it, which may well say that no names are wanted.
    """
    clauses = [clause for text in told for clause in CLAUSES.split(text) if not NOT_WANTED.search(clause)]
    return next((found[0] for text in (*asked, *clauses) if (found := NAMED_PERSON.search(text))), "")


class TextAnswer(PackModel):
    """Words, never scored. Not for personal data: a question that asks for a name, a number of identity or a way to
    reach somebody is refused (``checklist.personal_question``); such a value belongs in a personal field of a matter,
    with purpose and retention."""

    type: Literal["text"] = Field(description="text")
    long: bool = Field(default=False, description="Several lines instead of one.")
    max_length: int = Field(default=200, ge=1, le=LONGEST_TEXT, description="Greatest length, in characters.")


class DateAnswer(PackModel):
    """A day, never scored."""

    type: Literal["date"] = Field(description="date")
    earliest: dt.date | None = Field(default=None, description="Earliest day that can be entered, such as 2020-01-01.")
    latest: dt.date | Literal["today"] | None = Field(
        default=None, description="Latest day that can be entered; today: no day that is still to come."
    )


class Choices(PackModel):
    """Several of many, never scored; one of many is ``graded`` with grades of 0 points."""

    type: Literal["choices"] = Field(description="choices")
    options: list[Choice] = Field(min_length=1, description="What can be chosen, in the order in which it is shown.")
    at_least: int = Field(default=1, ge=1, le=MOST_CHOICES, description="Fewest choices of an answer.")
    at_most: int | None = Field(default=None, ge=1, le=MOST_CHOICES, description="Most choices of an answer.")


UNSCORED = (TextAnswer, DateAnswer, Choices)
"""The kinds of question without points."""
