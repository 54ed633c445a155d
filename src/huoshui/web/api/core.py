"""What every API operation shares: tokens, refusals as JSON, pages of rows, idempotent writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, ValidationError
from ninja.security import HttpBearer

from huoshui import __version__
from huoshui.duties.models import Account
from huoshui.duties.tokens import token_in_force
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.idempotency import once
from huoshui.packs.type_errors import reason_of
from huoshui.web.requests import SignedInRequest

MOST_PER_PAGE = 500


class TokenAuth(HttpBearer):
    """``Authorization: Bearer hs_…``; the request then acts as the token's account."""

    def authenticate(self, request: HttpRequest, token: str) -> Account | None:
        row = token_in_force(token)
        if row is None:
            raise Refusal("token.invalid")
        if request.method not in ("GET", "HEAD") and not row.may_write:
            raise Refusal("token.read_only")
        request.user = row.account
        return row.account


api = NinjaAPI(
    title="Huoshui",
    version=__version__,
    description="Every list and action of the register, scoped by the duties of the token's account.",
    auth=TokenAuth(),
    docs_url=None,
    urls_namespace="api",
)


class ProblemOut(Schema):
    """One thing wrong, with the same code and words as everywhere."""

    code: str
    field: str
    row: int | None
    message: str
    next: str


class RefusalOut(Schema):
    """The answer to a refused request."""

    problems: list[ProblemOut]


REFUSED = dict.fromkeys((401, 403, 404, 409, 422), RefusalOut)
"""What every operation may answer besides its own."""


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal with its status from the catalogue."""
    return api.create_response(request, refusal.as_dict(), status=refusal.status)


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """A request without a token."""
    return refused(request, Refusal("token.invalid"))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that does not fit the schema, in the words of the catalogue."""
    problems = [
        Problem("request.invalid", where, params={"where": where or "—", "reason": reason_of(detail)})
        for detail in error.errors
        for where in [".".join(str(part) for part in detail["loc"][1:])]
    ]
    return api.create_response(request, Refusal.of(problems).as_dict(), status=422)


def page_of(rows: Any, page: int, size: int, row_out: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """One page of rows: ``{"total", "page", "pages", "items"}``."""
    paginator = Paginator(rows, max(1, min(size, MOST_PER_PAGE)))
    shown = paginator.get_page(page)
    return {
        "total": paginator.count,
        "page": shown.number,
        "pages": paginator.num_pages,
        "items": [row_out(row) for row in shown],
    }


def idempotent(request: SignedInRequest, name: str, body: Schema | None, write: Callable[[], dict[str, Any]]) -> Any:
    """Run a write under the request's Idempotency-Key: sent twice, it counts once and is answered alike."""
    return once(
        actor_id=request.user.pk,
        key=request.headers.get("Idempotency-Key", "")[:80],
        request={"operation": name, "path": request.path, "body": body.model_dump(mode="json") if body else None},
        write=write,
    )
