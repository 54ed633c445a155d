"""The state of a form on a page: what was typed, and what was refused, beside its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huoshui.kernel.errors import Problem, Refusal

Outcome = TypeVar("Outcome")


class FormState:
    """Typed values and problems of one form. An empty one has status 200; a refused one that of the refusal."""

    def __init__(self, values: dict[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = values or {}
        self.problems: list[Problem] = []
        self.extra: dict[str, Any] = {}
        self.status = 200

    @classmethod
    def typed(cls, request: HttpRequest) -> FormState:
        """The form as it was just sent."""
        return cls({key: request.POST[key] for key in request.POST if key != "csrfmiddlewaretoken"})

    def attempt(self, action: Callable[..., Outcome], **arguments: Any) -> Outcome | None:
        """Run an action; a refusal is kept for the page and None returned."""
        try:
            return action(**arguments)
        except Refusal as refusal:
            self.problems = refusal.problems
            self.extra = refusal.extra
            self.status = refusal.status
            return None

    @property
    def refused(self) -> bool:
        return bool(self.problems)

    def problem_of(self, field: str) -> Problem | None:
        """The first problem of a field, for showing beside it."""
        return next((problem for problem in self.problems if problem.field == field), None)

    @property
    def seen_version(self) -> int | None:
        """The record's version when the form was opened."""
        text = str(self.values.get("version", ""))
        return int(text) if text.isdigit() else None


def page(request: HttpRequest, template: str, context: dict[str, Any], form: FormState | None = None) -> HttpResponse:
    """A page, with the status of its form."""
    return render(request, template, {**context, "form": form or FormState()}, status=form.status if form else 200)
