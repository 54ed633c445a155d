"""What every API operation shares: tokens, and whatever is refused as JSON in the words of the catalogue."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NoReturn

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import Field, NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.security import HttpBearer

from huoshui import __version__
from huoshui.duties.models import Account
from huoshui.duties.scopes import AREAS, READ, WRITE, covers, known_scopes, scopes_in_words
from huoshui.duties.tokens import note_use, token_in_force
from huoshui.kernel.disk import is_full
from huoshui.kernel.errors import Problem, Refusal
from huoshui.kernel.ids import new_id
from huoshui.kernel.wording import listed
from huoshui.packs.type_errors import reason_of
from huoshui.web.api.storable import require_storable
from huoshui.web.api.writes import IDEMPOTENCY_PARAMETER

log = logging.getLogger(__name__)

READING = ("get", "head")
SCOPES_TOLD = (
    "A token is issued on the page of tokens for areas, each to be read or to be written, and acts within the duties "
    f"of its account. Each operation names the one scope it wants. Areas: {', '.join(AREAS)}."
)
JSON, MULTIPART = "application/json", "multipart/form-data"


class TokenAuth(HttpBearer):
    """``Authorization: Bearer hs_…``; the request then acts as the token's account, within the operation's scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        if scope not in known_scopes():
            raise ValueError(f"{scope} is no scope")
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Account:
        """The account. Raises token.invalid, token.expired or token.scope."""
        row = token_in_force(token)
        if not covers(row.scopes, self.scope):
            raise Refusal("token.scope", scope=self.scope, has=listed(scopes_in_words(row.scopes)))
        note_use(row)
        account: Account = row.account
        request.user = account
        return account


class BodyParser(Parser):
    """Reads what was sent. Numerals are read as they stand: no binary fraction comes in this way."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """A JSON body. Raises request.content_type, request.json or request.character."""
        _require_type(request, JSON)
        try:
            body: dict[str, Any] = json.loads(request.body, parse_float=Decimal, parse_constant=_no_number)
        except ValueError as error:
            raise Refusal("request.json", reason=error) from None
        require_storable(body)
        return body

    def parse_querydict(self, data: Any, list_fields: list[str], request: HttpRequest) -> dict[str, Any]:
        """Parameters of the address, or a form with its files. Raises request.content_type or request.character."""
        if data is request.FILES:
            _require_type(request, MULTIPART)
        read = super().parse_querydict(data, list_fields, request)
        require_storable(read)
        return read


def _require_type(request: HttpRequest, wanted: str) -> None:
    if request.content_type != wanted:
        raise Refusal("request.content_type", field="Content-Type", given=request.content_type or "—", wanted=wanted)


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number of JSON")


class ReadableRouter(Router):
    """A router of one area, whose operations each want a scope: ``area:read`` to GET, ``area:write`` for all else.

    ``area`` or ``scope`` of an operation says it otherwise. Addresses answer HEAD wherever they answer GET;
    ``BodilessMiddleware`` drops the body.
    """

    def __init__(self, area: str) -> None:
        super().__init__()
        self.area = area

    def get(self, path: str, **how: Any) -> Callable[..., Any]:
        return self.api_operation(["GET", "HEAD"], path, **how)

    def api_operation(self, methods: list[str], path: str, *, scope: str = "", **how: Any) -> Callable[..., Any]:
        kind = READ if methods[0].lower() in READING else WRITE
        return super().api_operation(methods, path, auth=TokenAuth(scope or f"{self.area}:{kind}"), **how)

    def add_api_operation(  # type: ignore[override]  # every operation says what it answers
        self, path: str, methods: list[str], view_func: Callable[..., Any], *, response: dict[int, Any], **how: Any
    ) -> None:
        """As ninja does, but that all refusals share a model: to make one for each of 2,300 takes a second."""
        own = {status: model for status, model in response.items() if model is not RefusalOut}
        super().add_api_operation(path, methods, view_func, response=own, **how)
        models = view_func._ninja_operation.response_models  # type: ignore[attr-defined]
        shared = {status: models.pop(status, _RefusalAnswer) for status in response}
        models |= shared

    def post(self, path: str, **how: Any) -> Callable[..., Any]:
        return self.api_operation(["POST"], path, **how)

    def put(self, path: str, **how: Any) -> Callable[..., Any]:
        return self.api_operation(["PUT"], path, **how)

    def patch(self, path: str, **how: Any) -> Callable[..., Any]:
        return self.api_operation(["PATCH"], path, **how)

    def delete(self, path: str, **how: Any) -> Callable[..., Any]:
        return self.api_operation(["DELETE"], path, **how)


class RegisterDescription(OpenAPISchema):
    """OpenAPI that names with each operation the scope it wants (3.1 has them for any kind of security)."""

    def operation_security(self, operation: Operation) -> list[dict[str, Any]] | None:
        (auth,) = operation.auth_callbacks
        if not isinstance(auth, TokenAuth):
            raise TypeError(f"{operation.path} wants no token")
        self.securitySchemes["Token"] = {"type": "http", "scheme": "bearer", "description": SCOPES_TOLD}
        return [{"Token": [auth.scope]}]


_described: dict[str, OpenAPISchema] = {}


class RegisterAPI(NinjaAPI):
    """The API; its description names the header that every write takes, and leaves out HEAD, which is as GET."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: Any = None) -> OpenAPISchema:
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        if prefix not in _described:  # it takes a second, and is always the same
            _described[prefix] = self._describe(prefix)
        return _described[prefix]

    def _describe(self, prefix: str) -> OpenAPISchema:
        schema = RegisterDescription(self, prefix)
        schema["components"]["parameters"] = {"IdempotencyKey": IDEMPOTENCY_PARAMETER}
        for operations in schema["paths"].values():
            operations.pop("head", None)
            for method, operation in operations.items():
                if method not in READING:
                    operation["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})
        return schema


api = RegisterAPI(
    title="Huoshui",
    version=__version__,
    description="Every list and action of the register, scoped by the duties of the token's account.",
    parser=BodyParser(),
    docs_url=None,
    urls_namespace="api",
)


class ProblemOut(Schema):
    """One thing wrong, with the same code and words as everywhere."""

    code: str
    field: str
    row: int | None
    column: str = Field("", description="Of a row in a file: the column by its heading and its letter.")
    message: str
    next: str


class RefusalOut(Schema):
    """The answer to a refused request."""

    problems: list[ProblemOut]


class _RefusalAnswer(Schema):
    """As ninja wraps what an operation answers."""

    response: RefusalOut


REFUSED = dict.fromkeys((401, 403, 404, 422, 500, 503), RefusalOut)
"""What reading may answer besides its own."""
REFUSED_WRITE = dict.fromkeys((400, 401, 403, 404, 409, 413, 415, 422, 500, 503), RefusalOut)
"""What a write may answer besides its own."""


def only_known_parameters(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse parameters of the address that the operation does not know: a misspelt filter would show everything."""
    models = view._ninja_operation.models  # type: ignore[attr-defined]
    queries = [model for model in models if model.__ninja_param_source__ == "query"]
    known = [name for model in queries for name in model.__ninja_flatten_map__]

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **values: Any) -> Any:
        unknown = [name for name in request.GET if name not in known]
        if unknown:
            here = listed(known) or "—"
            raise Refusal.of(
                [Problem("request.parameter", name, params={"name": name, "known": here}) for name in unknown]
            )
        return view(request, *args, **values)

    return checked


def only_storable_addresses(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse an address that has a character in it that nothing in the database can have."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **values: Any) -> Any:
        require_storable(request.resolver_match.kwargs if request.resolver_match else {})
        return view(request, *args, **values)

    return checked


api.add_decorator(only_storable_addresses)
api.add_decorator(only_known_parameters)


@api.exception_handler(Refusal)
def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal with its status from the catalogue."""
    return api.create_response(request, refusal.as_dict(), status=refusal.status)


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """A request without a token."""
    return refused(request, Refusal("token.invalid"))


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    """A body that the parser could not read; django-ninja wraps the parser's own refusal."""
    cause = error.__cause__
    return refused(request, cause if isinstance(cause, Refusal) else Refusal("request.json", reason=cause or error))


@api.exception_handler(RequestDataTooBig)
def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    """A body beyond what is read into memory; a file of a form has its own limit."""
    return refused(request, Refusal("request.too_large"))


@api.exception_handler(MultiPartParserError)
@api.exception_handler(TooManyFieldsSent)
@api.exception_handler(TooManyFilesSent)
def unreadable_form(request: HttpRequest, error: Exception) -> HttpResponse:
    """A form that is cut short, or of more parts than anybody sends."""
    return refused(request, Refusal("request.form", reason=error))


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A request that does not fit the schema, in the words of the catalogue."""
    problems = [
        Problem("request.invalid", where, params={"where": where or "—", "reason": reason_of(detail)})
        for detail in error.errors
        for where in [".".join(str(part) for part in detail["loc"][1:])]
    ]
    return api.create_response(request, Refusal.of(problems).as_dict(), status=422)


def no_room(request: HttpRequest, error: Exception) -> Refusal | None:
    """A full disk as a refusal, and logged; None for any other failure. Nothing was written then either."""
    if not is_full(error):
        return None
    log.error("the disk is full: %s %s", request.method, request.path, exc_info=error)
    return Refusal("request.no_room")


@api.exception_handler(Exception)
def failed(request: HttpRequest, error: Exception) -> HttpResponse:
    """A failure of ours: what is told is an id, under which the log has the trace. Nothing was written."""
    known = no_room(request, error)
    if known:
        return refused(request, known)
    failure = new_id()
    log.error("failure %s: %s %s", failure, request.method, request.path, exc_info=error)
    return refused(request, Refusal("request.failed", id=failure))


def unknown_address(request: HttpRequest) -> HttpResponse:
    """Any address below /api/ that is none."""
    return refused(request, Refusal("request.address", path=request.path))


def wrong_method(request: HttpRequest, allowed: list[str]) -> HttpResponse:
    """A known address, but not with this method; the Allow header names those that it takes."""
    known = ", ".join(allowed)
    answer = refused(request, Refusal("request.method", method=request.method, allowed=known))
    answer["Allow"] = known
    return answer
