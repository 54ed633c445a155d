"""The rules of a password: Django's own checks, refused in the words of our catalogue, each by its code."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import password_validation as checks
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from huoshui.kernel.errors import Problem


class SharedPassword:
    """One password for several accounts, hashed once: a hash takes a fifth of a second.

    Whoever reads the database sees that these accounts have the same one. So it is for a password that is no secret,
    as that of a demonstration.
    """

    def __init__(self, password: str) -> None:
        self.password = password
        self.hashed = make_password(password)


class BrokenRule(ValidationError):
    """A rule that a password breaks, as Django's forms show it; ``problem`` is the same for the catalogue's users."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(said(problem), code=problem.code)
        self.problem = problem


def said(problem: Problem) -> str:
    """What is wrong and what to do, in one text: Django's forms have a single line for both."""
    gap = " " if problem.message().isascii() or problem.message().endswith(".") else ""
    return f"{problem.message()}{gap}{problem.what_next()}"


class LongEnough(checks.MinimumLengthValidator):
    """At least ``min_length`` characters."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) < self.min_length:
            params = {"length": len(password), "minimum": self.min_length}
            raise BrokenRule(Problem("password.too_short", "password", params=params))


class NotCommon(checks.CommonPasswordValidator):
    """None of the 20,000 that are guessed first."""

    def validate(self, password: str, user: Any = None) -> None:
        try:
            super().validate(password, user)
        except ValidationError:
            raise BrokenRule(Problem("password.too_common", "password")) from None


class NotOnlyDigits(checks.NumericPasswordValidator):
    """Something besides digits."""

    def validate(self, password: str, user: Any = None) -> None:
        try:
            super().validate(password, user)
        except ValidationError:
            raise BrokenRule(Problem("password.only_digits", "password")) from None


class NotLikeTheAccount(checks.UserAttributeSimilarityValidator):
    """Not too like the account's name or title."""

    def __init__(self) -> None:
        super().__init__(user_attributes=("username", "title"))

    def validate(self, password: str, user: Any = None) -> None:
        try:
            super().validate(password, user)
        except ValidationError:
            raise BrokenRule(Problem("password.like_account", "password")) from None


def broken_rules(password: str, account: Any) -> list[Problem]:
    """Every rule that a password breaks for an account; none for a sound one."""
    try:
        checks.validate_password(password, account)
    except ValidationError as error:
        return [broken.problem for broken in error.error_list if isinstance(broken, BrokenRule)]
    return []
