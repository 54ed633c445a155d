"""A kind of matter of a draft tried out: the page names the moves made so far, and each button adds one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huoshui.kernel.wording import listed
from huoshui.matters.schema import OPENING, MatterKind
from huoshui.packs.queries import all_current
from huoshui.rehearsal import WAIT, Move, Played, rehearse
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.pack_editor.cells import title_of
from huoshui.web.office.pack_editor.offers import Offers
from huoshui.web.office.pack_editor.opened import Opened
from huoshui.web.requests import SignedInRequest

WAITS = (1, 3, 7, 15)
"""Days that can be let pass at once."""


@require_POST
@login_required
def trying(request: SignedInRequest, pack: str, code: str) -> HttpResponse:
    """Play the moves that were made, with the one that a button adds; ``back`` takes the last one off."""
    opened = Opened.of(request, pack)
    found, form = opened.definition("matters", code), FormState()
    sent = [*request.POST.getlist("moves"), *request.POST.getlist("move")]
    sent = sent[:-1] if "back" in request.POST else sent
    moves = [move for text in sent if (move := _move(text)) is not None]
    played = form.attempt(rehearse, by=request.user, draft=opened.draft, kind=code, moves=moves)
    names = _Names(opened.offers(found))
    context = {
        "opened": opened,
        "code": code,
        "title": title_of(found),
        "played": played,
        "moves": [_text(move) for move in moves],
        "told_moves": [names.move(move, played) for move in moves],
        "buttons": names.buttons(played) if played else [],
        "openers": [(f"{role}:{OPENING}:0", names.role(role)) for role in played.openers] if played else [],
        "waits": [(f":{WAIT}:{days}", days) for days in WAITS],
    }
    return page(request, "office/pack_editor/try.html", context, form)


def _move(text: str) -> Move | None:
    """A move as the page sends it: role, step and days, with colons between."""
    role, step, days = (*text.split(":"), "", "")[:3]
    return Move(role, step, int(days)) if step and days.isdecimal() and len(days) < 4 else None


def _text(move: Move) -> str:
    return f"{move.role}:{move.step}:{move.days}"


class _Names:
    """What roles and steps are called, also those that the draft alone has."""

    def __init__(self, offers: Offers) -> None:
        self.roles = {code: str(role.name) for code, role in all_current("roles").items()} | dict(
            offers.roles(owner=True)
        )

    def role(self, code: str) -> str:
        """A role by its code."""
        return self.roles.get(code, code)

    def move(self, move: Move, played: Played | None) -> str:
        """A move in words."""
        if move.step == WAIT:
            return _("过 %(days)s 天") % {"days": move.days}
        step = played.kind.transition(move.step) if played else None
        return f"{self.role(move.role)}{_('：')}{step.name if step else _('登记')}"

    def buttons(self, played: Played) -> list[dict[str, Any]]:
        """The steps that could be next: a button for each role that may take it, the others with the reason."""
        return [
            {
                "name": str(choice.step.name),
                "to": str(played.kind.state(choice.step.to).name),
                "primary": choice.step.primary,
                "needs": _needs(played.kind, choice.step.code),
                "roles": [(f"{role}:{choice.step.code}:0", self.role(role)) for role in choice.roles],
                "barred": [(self.role(role), why) for role, why in choice.barred],
            }
            for choice in played.choices
        ]


def _needs(kind: MatterKind, code: str) -> str:
    """What a step asks for, which the rehearsal fills in."""
    step = kind.transition(code)
    if step is None:
        return ""
    names = [str(kind.field(one).name) for one in step.required_fields]
    slots = {slot.code: str(slot.name) for slot in kind.slots}
    names += [slots.get(asked.slot, asked.slot) for asked in step.evidence if asked.minimum]
    return listed([*names, *([_("说明")] if step.note_required else [])])
