"""Addresses of a draft, below its pack's code."""

from __future__ import annotations

from django.urls import path

from huoshui.web.office.pack_editor import definitions, drafts, trying

urlpatterns = [
    path("", drafts.draft, name="pack_draft"),
    path("about", drafts.about, name="pack_draft_about"),
    path("publish", drafts.publish, name="pack_draft_publish"),
    path("discard", drafts.discard, name="pack_draft_discard"),
    path("pack.zip", drafts.export_draft, name="pack_draft_export"),
    path("matters/<str:code>/try", trying.trying, name="pack_draft_try"),
    path("<str:section>/new", definitions.new, name="pack_draft_new"),
    path("<str:section>/<str:code>/", definitions.definition, name="pack_draft_definition"),
    path("<str:section>/<str:code>/head", definitions.head, name="pack_draft_head"),
    path("<str:section>/<str:code>/yaml", definitions.yaml, name="pack_draft_yaml"),
    path("<str:section>/<str:code>/remove", definitions.remove, name="pack_draft_remove"),
    path("<str:section>/<str:code>/<str:address>/<str:at>", definitions.entry, name="pack_draft_entry"),
]
