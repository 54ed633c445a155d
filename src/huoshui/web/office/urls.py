"""Addresses of the signed-in office; one module per part of the house."""

from django.urls import path

from huoshui.web.office import home, journal, packs, people, photos, places, search, tokens

urlpatterns = [
    path("", home.today, name="today"),
    path("search", search.search, name="search"),
    path("places/", places.place_list, name="places"),
    path("places/import", places.place_import, name="place_import"),
    path("places/<str:code>/", places.place_page, name="place"),
    path("places/<str:code>/amend", places.place_amend, name="place_amend"),
    path("places/<str:code>/open", places.place_open, name="place_open"),
    path("people/", people.people, name="people"),
    path("people/grant", people.grant, name="grant"),
    path("people/open", people.open_account, name="open_account"),
    path("people/duties/<uuid:duty_id>/end", people.end, name="end_duty"),
    path("people/tokens", tokens.tokens, name="tokens"),
    path("people/tokens/<uuid:token_id>/revoke", tokens.revoke, name="revoke_token"),
    path("people/<str:username>/", people.person, name="person"),
    path("packs/", packs.packs, name="packs"),
    path("packs/<str:code>/", packs.pack, name="pack"),
    path("packs/<str:code>/matters/<str:kind>/", packs.matter_kind, name="matter_kind"),
    path("packs/<str:code>/checklists/<str:checklist>/", packs.checklist, name="checklist"),
    path("journal/", journal.journal_page, name="journal"),
    path("photos/<uuid:photo_id>", photos.photo, name="photo"),
    path("photos/<uuid:photo_id>/<str:size>", photos.photo, name="photo_sized"),
]
