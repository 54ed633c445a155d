"""Whatever the product does and lists, a program can do and list: held against the registries, not a list of ours."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections import Counter
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver
from ninja import Schema

import huoshui.commands.restoring
import huoshui.matters.reactions
import huoshui.services.reactions
import huoshui.web.api
from huoshui.duties.scopes import known_scopes
from huoshui.duties.tokens import issue_token
from huoshui.kernel.actions import ACTIONS
from huoshui.web.api.core import TokenAuth, api
from tests.web.api_client import codes, send, signed_in

ELSEWHERE = (huoshui.commands.restoring, huoshui.matters.reactions, huoshui.services.reactions)
"""Modules with actions that no page imports."""
THROUGH = {
    "console.ask": "POST /console/ask, which asks first and has it journalled then",
    "places.rename": "place_changes: a kind of change",
    "places.move": "place_changes: a kind of change",
    "places.merge": "place_changes: a kind of change",
    "places.split": "place_changes: a kind of change",
    "packs.publish_edited": "visits.edit_checklist publishes by it",
    "matters.absorb": "matters.advance: the step that closes a duplicate",
    "matters.release": "matters.advance: the step that opens a duplicate again",
    "matters.split": "matters.advance: the step that splits",
    "matters.split_off": "matters.advance: each of the new ones",
    "matters.put_in_letter": "matters.issue_letter: told to each of its matters",
    "matters.note_reply": "matters.reply_to_letter: told to each of its matters",
    "matters.hand_over": "duties.end: what rests on the duty",
    "matters.open_failing": "visits.seal_round: what failed",
    "matters.take_over": "matters/older: what a file says, once it was tried",
    "matters.open_found": "visits.submit_visit: what failed",
    "matters.open_for_request": "services.take_request: the matter that carries it",
    "matters.open_correction": "services.rate: what a low rating opens",
    "services.follow_request": "the steps of its matter",
    "services.follow_correction": "the steps of its matter",
    "visits.set_places": "visits.plan_round and amend_round",
    "figures.take": "figures/import: what a file says, once it was tried",
    "forms.seal": "POST /forms/filled/{id}/seal, which sets and signs first, outside of the transaction",
}
"""Parts of other actions, which have their operation."""
NOT_OFFERED = {
    "duties.issue_token": "a program with a token is not to make itself another; on its page alone",
    "duties.rotate_token": "a new secret is shown to a person; on its page alone",
    "duties.set_password": "a token opens no way into an account; on its page and the command line",
    "duties.issue_link": "a token opens no way into an account; on its page and as slips",
    "duties.use_link": "whoever was given the link, on its page",
    "duties.sign_in": "a person's own way in, told by the sign-in page",
    "duties.add_passkey": "a person's own way in, in a signed-in session",
    "duties.rename_passkey": "a person's own way in, in a signed-in session",
    "duties.remove_passkey": "a person's own way in, in a signed-in session",
    "duties.link_identity": "a token opens no way into an account; on its page",
    "duties.unlink_identity": "a person's own way in, and on the account's page",
    "duties.set_email": "single sign-on may find an account by it: a way in; on its page",
    "duties.note_end": "the timer's",
    "schedules.make_due": "the timer's",
    "schedules.remind": "the timer's",
    "duties.note_delegation_end": "the timer's",
    "duties.lock_account": "the product's own, after failed sign-ins",
    "duties.turn_on_two_steps": "a person's own second step, in a signed-in session",
    "duties.turn_off_two_steps": "a person's own second step, in a signed-in session",
    "duties.make_recovery_codes": "a person's own second step, in a signed-in session",
    "matters.climb_ladder": "the timer's",
    "matters.remind_again": "the timer's",
    "matters.follow_promise": "the product's own, with services.recompute_promise",
    "services.recompute_promise": "the timer's, when a calendar appears",
    "matters.recompute_due": "the timer's, when a calendar appears",
    "vault.erase_due": "the timer's",
    "vault.erase_again": "the command line's, after a backup was restored",
    "ops.restore": "the command line's",
    "packs.load": "the command line's: a folder of files on the server",
    "visits.keep_fairness": "the worker's, asked for by visits.ask_fairness",
    "visits.keep_tour": "the worker's, asked for by visits.ask_tour",
    "documents.end_batch": "the worker's, asked for by documents.ask_batch",
    "services.rate_by_code": "whoever has the slip, on the public page and without an account",
    "webhooks.give_up": "the product's own, after the last attempt",
}
"""What has no operation, and why."""
LISTS = {
    "find": "/search",
    "cadence": "/schedules/occasions",
    "cadence_export": "/schedules/occasions",
    "plans": "/schedules/plans",
    "notices": "/notices", "notice_settings": "/notices/settings", "ledger": "/matters",
    "ledger_views": "/ledger-views", "letters": "/letters", "money": "/funds", "money_lines": "/money/lines",
    "activities": "/activities", "calendar": "/calendar",
    "places": "/places", "people": "/duties", "figures": "/figures",
    "exchange_codes": "/exchange/codes", "console": "/console/queries",
    "returns": "/returns", "conflicts": "/conflicts",
    "documents": "/documents", "document_templates": "/documents/kinds",
    "publications": "/publications",
    "forms": "/forms", "form_repeats": "/forms/repeats", "form_burden": "/forms/burden",
    "tokens": "/tokens", "all_tokens": "/tokens", "webhooks": "/webhooks", "packs": "/packs", "journal": "/journal",
    "services": "/services", "service_offers": "/services/offers", "service_requests": "/services/requests",
    "service_ratings": "/services/ratings", "rounds": "/rounds", "sheets": "/sheets",
    "map": "/map/matters", "standing_in": "/delegations", "access": "/access",
}  # fmt: skip
"""Each list page of the office with its list of the API."""
NO_LISTS = {
    "pack_new": "a form; POST /pack-drafts",
    "survey_new": "a form", "survey_template": "an empty question list to fill in",
    "plan_begin": "a form",
    "today": "what waits for a person, put together of the other lists",
    "search": "the command bar; GET /search",
    "matter_bulk": "a form; POST /matters/bulk",
    "figure_export": "a form; GET /figures/export",
    "console_file": "the answer as a file; POST /console/ask", "console_save": "a form; POST /console/queries",
    "ledger_import": "a form; POST /matters/import",
    "old_ledger": "a form; POST /matters/older", "old_ledger_template": "the form's empty file",
    "place_import": "a form; POST /places/import",
    "ledger_export": "the ledger as a file; /matters lists it",
    "ledger_pdf": "the ledger as a file; /matters lists it",
    "money_lines_export": "the lines as a file; /money/lines lists them",
    "place_export": "the places as a file; /places lists them",
    "matter_new": "a form", "matter_alike": "a form's help", "letter_new": "a form", "pot_allocate": "a form",
    "grant": "a form", "open_unit": "a form", "open_account": "a form", "round_new": "a form", "webhook_new": "a form",
    "service_offer_new": "a form; POST /services/offers", "service_take": "a form; POST /services/requests",
    "service_offers_export": "the offers as a file; /services/offers lists them",
    "service_requests_export": "the requests as a file; /services/requests lists them",
    "service_ratings_export": "the ratings as a file; /services/ratings lists them",
    "form_new": "a form", "form_assume": "a form; POST /forms/burden",
    "form_burden_export": "the burden as a file; /forms/burden tells it",
    "access_export": "the overview as a file; /access lists it", "map_style": "how the map is drawn",
    "figure_import": "a form; POST /figures/import", "figure_try": "a form; packs are loaded on the server",
    "boards": "figures drawn; /figures/{code} tells each", "wall": "figures drawn; /figures/{code} tells each",
    "board_file": "figures as a file; /figures/{code} tells each",
    "parts_file": "the parts of a figure as a file; /figures/{code} tells them",
    "parts_map": "how the parts of a figure are drawn; /figures/{code} tells them",
    "activity_new": "a form", "activity_import": "a form; POST /activities/import",
    "activity_template": "the form's empty file", "activity_export": "the list as a file; /activities lists it",
    "activity_book": "the list as a paper; /activities lists it",
    "calendar_feed_open": "a form", "calendar_feed_end": "a form",
    "people_import": "a form; POST /accounts/import", "people_template": "the form's empty file",
    "document_new": "a form",
    "first_code": "a form", "first_links": "slips to print; a token opens no way into an account",
    "notices_read": "a form", "sheet_open": "a form", "sheet_start": "a form",
}  # fmt: skip


def modules() -> list[ModuleType]:
    """The modules of the API."""
    found = pkgutil.iter_modules(huoshui.web.api.__path__)
    return [importlib.import_module(f"huoshui.web.api.{module.name}") for module in found]


def called_actions() -> set[str]:
    """The actions that the modules of the API call by any name: told by what the names stand for, not how they look."""
    by_function = {id(function): name for name, function in ACTIONS.items()}
    found = set()
    for module in modules():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            value: Any = None
            if isinstance(node, ast.Name):
                value = getattr(module, node.id, None)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                value = getattr(getattr(module, node.value.id, None), node.attr, None)
            if value is not None:
                found.add(by_function.get(id(value), ""))
    return found


def test_every_action_has_its_operation_or_its_reason() -> None:
    product = {name for name in ACTIONS if not name.startswith("tests.")}
    offered = called_actions() & product
    assert sorted(product - offered - THROUGH.keys() - NOT_OFFERED.keys()) == []
    assert sorted((offered & NOT_OFFERED.keys()) | (NOT_OFFERED.keys() - product) | (THROUGH.keys() - product)) == []


def test_every_list_page_has_its_list() -> None:
    pages = {
        pattern.name
        for pattern in get_resolver("huoshui.web.office.urls").url_patterns
        if not pattern.pattern.converters
    }
    assert sorted(pages - LISTS.keys() - NO_LISTS.keys()) == []
    operations = api.get_openapi_schema()["paths"]
    for path in LISTS.values():
        assert "get" in operations[f"/api/v1{path}"], path


def operations() -> list[Any]:
    """Every operation of the API."""
    return [
        operation
        for _prefix, router in api._routers
        for view in router.path_operations.values()
        for operation in view.operations
    ]


def test_every_operation_declares_its_scope_and_tells_it() -> None:
    assert len(operations()) > 130
    for operation in operations():
        (auth,) = operation.auth_callbacks
        assert isinstance(auth, TokenAuth)
        assert auth.scope in known_scopes()
        reads = auth.scope.endswith(":read")
        assert reads == ("GET" in operation.methods) or auth.scope == "personal:read", operation.path
    for path, told in api.get_openapi_schema()["paths"].items():
        for method, operation in told.items():
            assert operation["security"][0]["Token"][0] in known_scopes(), (method, path)


def token_for(account: Any, *scopes: str) -> Client:
    _, token = issue_token(by=account, account=account, name="试", days=1, scopes=scopes)
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.mark.parametrize(
    ("scope", "method", "path", "status"),
    [
        ("matters:read", "GET", "/matters", 200),
        ("matters:read", "POST", "/matters", 403),
        ("matters:read", "GET", "/places", 403),
        ("matters:write", "GET", "/matters", 200),
        ("matters:write", "POST", "/matters", 422),
        ("matters:write", "POST", "/matters/ZG-2018-0001/personal/phone", 403),
        ("people:read", "GET", "/duties", 200),
        ("people:read", "GET", "/tokens", 403),
    ],
)
def test_a_token_reaches_its_scopes_and_no_more(
    cast: SimpleNamespace, scope: str, method: str, path: str, status: int
) -> None:
    answer = send(token_for(cast.administrator, scope), method, path, {} if method == "POST" else None)
    assert answer.status_code == status, answer.content.decode()
    if status == 403:
        assert codes(answer) == ["token.scope"]


def test_no_scope_gives_more_than_the_account_may(cast: SimpleNamespace) -> None:
    every = token_for(cast.stranger, *known_scopes())
    assert send(every, "GET", "/matters").json()["total"] == 0
    body = {"name": "x", "url": "https://example.cn/", "events": ["matters.*"]}
    assert codes(send(every, "POST", "/webhooks", body)) == ["access.denied"]
    assert codes(send(every, "POST", "/units", {"name": "x", "place": cast.land.town.code})) == ["access.not_found"]


def test_when_a_token_was_used_is_kept_to_some_minutes(cast: SimpleNamespace) -> None:
    client = signed_in(cast.administrator)
    send(client, "GET", "/places")
    (token,) = cast.administrator.tokens.all()
    assert token.last_used_at is not None


def test_no_two_schemas_share_a_name() -> None:
    """The description lists them by name: of two, one would be told in place of the other."""
    found = Counter(
        name
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, Schema) and value.__module__ == module.__name__
    )
    assert [name for name, times in found.items() if times > 1] == []
