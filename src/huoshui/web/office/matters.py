"""Matters: the ledger, one matter with its story and its next step, photos, opening by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters import actions
from huoshui.matters.columns import title_name
from huoshui.matters.ledger_export import ledger_workbook
from huoshui.matters.letters.queries import letters_of, may_issue
from huoshui.matters.models import Matter
from huoshui.matters.models.views import default_of
from huoshui.matters.queries import edit_form, people_for
from huoshui.media.actions import remove_attachment
from huoshui.media.queries import get_visible_attachment
from huoshui.places.queries import ancestors, names_apart
from huoshui.reports.typesetting import PDF
from huoshui.web.office.form_addresses import form_of
from huoshui.web.office.forms import FormState, page
from huoshui.web.office.matter_pages import (
    division,
    more_time,
    opening,
    parts,
    personal,
    prerequisites,
    steps,
    story,
    words,
)
from huoshui.web.office.matter_pages import ledger as ledger_page
from huoshui.web.office.matter_pages.merge_form import panel_of
from huoshui.web.office.matter_pages.saved_views import address_of
from huoshui.web.office.matter_pages.wall import wall_ledger
from huoshui.web.office.money_pages.card import card_of
from huoshui.web.requests import SignedInRequest

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_GET
@login_required
def ledger(request: SignedInRequest) -> HttpResponse:
    """The ledger; its filters stand in the address. Without any it opens with the reader's default view."""
    default = default_of(request.user) if not request.GET else None
    if default:
        return redirect(address_of(default))
    return page(request, "office/matters/ledger.html", ledger_page.context(request))


@require_GET
@login_required
def export(request: SignedInRequest) -> HttpResponse:
    """The same ledger as an Excel workbook."""
    asked = ledger_page.asked_for(request)
    data = ledger_workbook(
        actor=request.user, filters=asked.filters, sort=asked.sort, area=asked.place, chosen=asked.chosen
    )
    response = HttpResponse(data, content_type=EXCEL)
    response["Content-Disposition"] = f'attachment; filename="ledger-{clock.today():%Y%m%d}.xlsx"'
    return response


@require_GET
@login_required
def pdf(request: SignedInRequest) -> HttpResponse:
    """The same ledger, with its columns, as it hangs on the wall."""
    response = HttpResponse(wall_ledger(request.user, ledger_page.asked_for(request)), content_type=PDF)
    response["Content-Disposition"] = f'inline; filename="ledger-{clock.today():%Y%m%d}.pdf"'
    return response


@require_GET
@login_required
def beside(request: SignedInRequest, number: str) -> HttpResponse:
    """One matter as a fragment beside the ledger."""
    matter = _visible(request, number)
    return page(request, "office/matters/beside.html", _reading(request, matter))


@require_GET
@login_required
def matter_page(request: SignedInRequest, number: str) -> HttpResponse:
    """One matter; ``?step=`` opens the form of a step, ``?do=`` edit, assign or photos."""
    return _show(request, _visible(request, number), FormState())


@form_of("matter", "number", then="?step={code}")
@login_required
def step(request: SignedInRequest, number: str, code: str) -> HttpResponse:
    """Take a step, with its fields, photos and note."""
    matter, form = _visible(request, number), FormState.typed(request)
    done = form.attempt(steps.take_step, request=request, matter=matter, code=code, form=form)
    if done is None:
        return _show(request, matter, form, step_code=code)
    messages.success(
        request, _("%(number)s 已记：现在是“%(state)s”") % {"number": done.number, "state": done.state_name}
    )
    return redirect("matter", number=done.number)


@form_of("matter", "number", then="?do=edit")
@login_required
def edit(request: SignedInRequest, number: str) -> HttpResponse:
    """Correct what the present state leaves open."""
    matter, form = _visible(request, number), FormState.typed(request)
    names = [asked.field.code for asked in edit_form(matter, request.user)] or ["title"]
    values = personal.typed_values(form, names)
    done = form.attempt(
        actions.edit_fields, by=request.user, matter=matter, values=values, seen_version=form.seen_version
    )
    return _after(request, matter, form, done, "edit", _("更正已保存"))


@form_of("matter", "number", then="?do=assign")
@login_required
def assign(request: SignedInRequest, number: str) -> HttpResponse:
    """Make a person and a unit responsible."""
    matter, form = _visible(request, number), FormState.typed(request)
    done = form.attempt(_assign, request=request, matter=matter, form=form)
    return _after(request, matter, form, done, "assign", _("责任人已指定"))


def _assign(request: SignedInRequest, matter: Matter, form: FormState) -> Matter:
    chosen, unit = form.values.get("owner", ""), form.values.get("unit", "")
    # Beyond those offered, whoever the reader may see is told apart from nobody: the action says why not.
    known = people_for(matter) | Account.objects.visible_to(request.user).select_related("unit")
    owner = known.filter(username=chosen).first() if chosen else None
    if chosen and owner is None:
        raise Refusal("matter.person_unknown", field="owner", label=_("责任人"), value=chosen)
    units = {str(person.unit_id): person.unit for person in people_for(matter)}
    new_owner = owner if owner != matter.owner else None
    stands = str(new_owner.unit_id if new_owner else matter.unit_id)  # a new person brings their own unit
    return actions.assign(
        by=request.user,
        matter=matter,
        owner=new_owner,
        unit=units.get(unit) if unit != stands and unit != str(matter.unit_id) else None,
        seen_version=form.seen_version,
    )


@form_of("matter", "number", then="?do=extend")
@login_required
def extend(request: SignedInRequest, number: str) -> HttpResponse:
    """Ask for more time."""
    matter, form = _visible(request, number), FormState.typed(request)
    done = form.attempt(more_time.ask_typed, by=request.user, matter=matter, form=form)
    return _after(request, matter, form, done, "extend", _("延期申请已提出"))


@form_of("matter", "number", then="?step=split")
@login_required
def split(request: SignedInRequest, number: str) -> HttpResponse:
    """Split the matter; or, while it is looked at, show what that does, or the form with one more."""
    matter, form = _visible(request, number), FormState.typed(request)
    code = next((step.code for step in matter.definition.transitions if step.close_reason == "split"), "")
    if form.values.get(division.DO) != "split":
        return _show(request, matter, form, step_code=code)
    done = form.attempt(division.split_typed, by=request.user, matter=matter, form=form)
    if done is None:
        return _show(request, matter, form, step_code=code)
    messages.success(request, _("已拆分"))
    return redirect("matter", number=matter.number)


@form_of("matter", "number", then="?do=rejoin")
@login_required
def rejoin(request: SignedInRequest, number: str) -> HttpResponse:
    """Put together again what was split."""
    matter, form = _visible(request, number), FormState.typed(request)
    done = form.attempt(division.rejoin_typed, by=request.user, matter=matter, form=form)
    return _after(request, matter, form, done, "rejoin", _("已合回一件"))


@form_of("matter", "number", then="?do=parent")
@login_required
def parent(request: SignedInRequest, number: str) -> HttpResponse:
    """Put the matter under another, or under none."""
    matter, form = _visible(request, number), FormState.typed(request)
    done = form.attempt(parts.put_typed, by=request.user, matter=matter, form=form)
    return _after(request, matter, form, done, "parent", _("上级事项已改"))


@form_of("matter", "number", then="?do=decide")
@login_required
def extension(request: SignedInRequest, number: str) -> HttpResponse:
    """Grant or refuse more time."""
    matter, form = _visible(request, number), FormState.typed(request)
    done = form.attempt(more_time.decide_typed, by=request.user, matter=matter, form=form)
    return _after(request, matter, form, done, "decide", _("已答复延期申请"))


@form_of("matter", "number", then="#personal")
@login_required
def reveal(request: SignedInRequest, number: str) -> HttpResponse:
    """Show one personal value in full, in this answer alone; the look is journalled with its reason."""
    matter, form = _visible(request, number), FormState.typed(request)
    revealed = form.attempt(personal.look, by=request.user, matter=matter, form=form)
    if revealed:
        form.values = {}
    return _show(request, matter, form, revealed=revealed)


@form_of("matter", "number", then="?do=photos&slot={slot}")
@login_required
def photo_add(request: SignedInRequest, number: str, slot: str) -> HttpResponse:
    """Add photos to a slot."""
    matter, form = _visible(request, number), FormState.typed(request)
    done = form.attempt(_add_photos, request=request, matter=matter, slot=slot, form=form)
    return _after(request, matter, form, done, "photos", _("已上传"), slot)


def _add_photos(request: SignedInRequest, matter: Matter, slot: str, form: FormState) -> bool:
    if not steps.attach_sent(request, matter, [slot], form.values.get("caption", "")):
        raise Refusal("value.required", field=slot, label=matter.slot_name(slot))
    return True


@form_of("matter", "number")
@login_required
def photo_remove(request: SignedInRequest, number: str, photo_id: str) -> HttpResponse:
    """Take a photo off the matter."""
    matter, form = _visible(request, number), FormState()
    photo = get_visible_attachment(request.user, photo_id)
    if photo.subject_id != matter.pk:
        raise Refusal("access.not_found")
    form.attempt(remove_attachment, by=request.user, attachment=photo)
    return _after(request, matter, form, None if form.refused else True, "", _("已删除"))


@require_http_methods(["GET", "POST"])
@login_required
def matter_new(request: SignedInRequest) -> HttpResponse:
    """Open a matter by hand, at ``?place=``, of ``?kind=``."""
    form = FormState.typed(request) if request.method == "POST" else FormState()
    context = opening.context(request, form)
    if request.method == "POST" and context["kind"]:
        opened = form.attempt(opening.open_typed, request=request, context=context, form=form)
        if opened:
            messages.success(request, _("已登记 %(number)s") % {"number": opened.number})
            return redirect("matter", number=opened.number)
    else:
        form.values["title"] = opening.offered_title(context)
    context["general_problems"] = opening.general_problems(form, context)
    return _unstored(request, page(request, "office/matters/new.html", context, form))


def _visible(request: SignedInRequest, number: str) -> Matter:
    shown = Matter.objects.telling_doubles().select_related("place", "unit", "owner__unit", "opened_by", "verifier")
    found: Matter = shown.get_visible(request.user, number=number)
    return found


def _after(
    request: SignedInRequest, matter: Matter, form: FormState, done: Any, doing: str, said: str, slot: str = ""
) -> HttpResponse:
    """Back to the matter with a word of what was done; or its page with the refusal beside the form."""
    if done is None:
        return _show(request, matter, form, doing=doing, slot=slot)
    messages.success(request, said)
    return redirect("matter", number=matter.number)


def _reading(request: SignedInRequest, matter: Matter) -> dict[str, Any]:
    """What the page and the drawer show of a matter."""
    user = request.user
    return {
        "matter": matter,
        "place_name": names_apart([matter.place])[matter.place_id],
        "light_word": words.light_words(matter),
        "slots": story.photo_slots(matter, matter.slots_open_to(user), user),
        "story": story.story_of(matter),
        "facts": story.facts_of(user, matter),
        "clocks": story.clocks_of(matter),
        "title_name": title_name(matter.definition),
        "days": words.days_words(matter),
        "days_class": words.days_class(matter.light()),
        "days_of": words.clock_words(matter),
        "next": steps.next_of(matter, user),
        "more_time": more_time.more_time_of(matter, user),
    }


def _show(
    request: SignedInRequest,
    matter: Matter,
    form: FormState,
    *,
    step_code: str = "",
    doing: str = "",
    slot: str = "",
    revealed: personal.Revealed | None = None,
) -> HttpResponse:
    """The matter's page, with the form that was opened or refused, or the personal value that was asked for."""
    user = request.user
    if request.method == "POST":
        matter = _visible(request, matter.number)  # as it stands now, after a refusal too
    panel = _panel(request, matter, form, step_code, doing, slot)
    if panel and request.method == "GET":
        form.values = panel.values
    context = _reading(request, matter) | {
        "crumbs": [place for place in ancestors(matter.place) if user.grants("place.view")][2:],
        "path": words.path_of(matter),
        "panel": panel,
        "barred": steps.barred_from(matter, user, request.GET.get("step", "")) if panel is None else None,
        "personal": personal.panel_of(matter, user, form, revealed),
        "conflict": steps.conflict_of(matter, form),
        "general_problems": steps.general_problems(form, panel),
        "accounts": people_for(matter) if panel and panel.fields else [],
        "may_edit": bool(edit_form(matter, user)),
        "letters": list(letters_of(user, matter)),
        "may_issue": may_issue(user, matter),
        "may_rejoin": division.may_rejoin(matter, user),
        "may_assign": steps.may_assign(matter, user),
        "parts": parts.parts_of(matter, user),
        "related": story.related_to(user, matter),
        "card": card_of(matter, user),
        "before": prerequisites.prerequisites_of(matter, user),
    }
    return _unstored(request, page(request, "office/matters/page.html", context, form))


def _unstored(request: SignedInRequest, response: HttpResponse) -> HttpResponse:
    """The answer to a form may hold a personal value, typed or revealed: neither browser nor proxy stores it."""
    if request.method == "POST":
        response["Cache-Control"] = "no-store"
    return response


def _more_time_panel(user: Account, matter: Matter, doing: str, form: FormState) -> steps.Panel | None:
    """The form for asking, or for deciding, where the reader may."""
    state = more_time.more_time_of(matter, user)
    if doing == "extend":
        return more_time.asking_panel(matter) if state.may_ask else None
    return more_time.deciding_panel(matter, state.waiting, form) if state.waiting and state.may_decide else None


def _panel(
    request: SignedInRequest, matter: Matter, form: FormState, step_code: str, doing: str, slot: str
) -> steps.Panel | None:
    """The form beside the story, by the address or by what was sent."""
    step_code = step_code or request.GET.get("step", "")
    doing, slot = doing or request.GET.get("do", ""), slot or request.GET.get("slot", "")
    option = steps.option_of(matter, request.user, step_code) if step_code else None
    if option and option.allowed:
        splits = option.transition.close_reason == "split"
        return (division.panel_of if splits else panel_of)(matter, option, form, request)
    if doing == "edit" and (fields := edit_form(matter, request.user)):
        return steps.edit_panel(matter, fields)
    if doing == "assign" and steps.may_assign(matter, request.user):
        return steps.assign_panel(matter, form)
    if doing in ("extend", "decide") and (found := _more_time_panel(request.user, matter, doing, form)):
        return found
    if doing == "rejoin" and division.may_rejoin(matter, request.user):
        return division.rejoin_panel(matter)
    if doing == "parent" and (asked := parts.parent_panel(matter, request.user)):
        return asked
    if doing == "photos" and slot in matter.slots_open_to(request.user):
        return steps.photos_panel(matter, slot, form, request.user)
    if not form.refused or form.values.get(personal.LOOK):
        return None
    taken = matter.definition.transition(step_code)
    return steps.Panel(title=str(taken.name) if taken else _("没有写入"), verb="", action="")
