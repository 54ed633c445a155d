"""The API with all its routers."""

from huoshui.web.api import (
    access,
    activities,
    adjustments,
    bulk,
    calendar,
    checklists,
    console,
    documents,
    exchange,
    fairness,
    figure_questions,
    figure_returns,
    figures,
    filled_forms,
    forms,
    funds,
    journal,
    judges,
    letters,
    maps,
    matters,
    money,
    notice_settings,
    notices,
    old_ledgers,
    outcome,
    pack_drafts,
    packs,
    people,
    personal,
    photos,
    place_changes,
    places,
    public_notices,
    publications,
    results,
    round_steps,
    rounds,
    schedules,
    search,
    services,
    sheets,
    tokens,
    tours,
    units,
    views,
    webhooks,
)
from huoshui.web.api.core import api

api.add_router("", places.router, tags=["places"])
# Before the people: "import" is no username.
api.add_router("", access.router, tags=["people"])
api.add_router("", people.router, tags=["people"])
api.add_router("", units.router, tags=["people"])
api.add_router("", place_changes.router, tags=["places"])
api.add_router("", maps.router, tags=["places"])
api.add_router("", checklists.router, tags=["checklists"])
api.add_router("", packs.router, tags=["packs"])
api.add_router("", pack_drafts.router, tags=["packs"])
api.add_router("", rounds.router, tags=["rounds"])
api.add_router("", round_steps.router, tags=["rounds"])
api.add_router("", judges.router, tags=["rounds"])
api.add_router("", adjustments.router, tags=["rounds"])
api.add_router("", results.router, tags=["rounds"])
api.add_router("", fairness.router, tags=["rounds"])
api.add_router("", tours.router, tags=["rounds"])
api.add_router("", outcome.router, tags=["rounds"])
api.add_router("", sheets.router, tags=["sheets"])
# Before the matters: "bulk" is no number.
api.add_router("", bulk.router, tags=["matters"])
api.add_router("", old_ledgers.router, tags=["matters"])
api.add_router("", matters.router, tags=["matters"])
api.add_router("", public_notices.router, tags=["matters"])
api.add_router("", personal.router, tags=["matters"])
api.add_router("", letters.router, tags=["letters"])
api.add_router("", activities.router, tags=["activities"])
api.add_router("", calendar.router, tags=["activities"])
api.add_router("", notices.router, tags=["notices"])
api.add_router("", views.router, tags=["matters"])
api.add_router("", services.router, tags=["services"])
api.add_router("", money.router, tags=["money"])
api.add_router("", funds.router, tags=["money"])
# Before the figures: "import" and "export" are no indicators.
api.add_router("", exchange.router, tags=["figures"])
api.add_router("", figure_returns.router, tags=["figures"])
api.add_router("", figure_questions.router, tags=["figures"])
api.add_router("", figures.router, tags=["figures"])
api.add_router("", documents.router, tags=["documents"])
api.add_router("", console.router, tags=["figures"])
api.add_router("", publications.router, tags=["figures"])
# Before the forms: "filled" is no code.
api.add_router("", filled_forms.router, tags=["forms"])
api.add_router("", forms.router, tags=["forms"])
api.add_router("", schedules.router, tags=["schedules"])
api.add_router("", notice_settings.router, tags=["notices"])
api.add_router("", photos.router, tags=["photos"])
api.add_router("", journal.router, tags=["journal"])
api.add_router("", search.router, tags=["search"])
api.add_router("", tokens.router, tags=["integrations"])
api.add_router("", webhooks.router, tags=["integrations"])
