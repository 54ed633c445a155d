"""Supervision letters by HTTP: from the matter's page to the reply, the files, the API and the template."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from huoshui.duties.models import Account
from huoshui.matters.actions import open_matter
from huoshui.matters.letters.models import Letter, LetterTemplate
from huoshui.reports.letters import TEMPLATE
from tests.web import api_client

SignIn = Callable[[Account], Client]


def test_from_the_matter_to_the_reply(cast: SimpleNamespace, signed_in: SignIn) -> None:
    opening = {"by": cast.town_office, "kind": "rectification.item", "place": cast.land.village}
    first, second = open_matter(**opening, title="路灯不亮"), open_matter(**opening, title="栏杆松动")
    office, village = signed_in(cast.town_office), signed_in(cast.secretary)
    new = f"{reverse('letter_new')}?matter={first.number}"
    assert new in office.get(reverse("matter", args=[first.number])).content.decode()
    assert village.get(new).status_code == 404
    form = office.get(new).content.decode()
    assert f'name="also-{second.number}"' in form
    typed = {"demand": "限期办结", "until": "2018-04-09", "signer": "", "organ": "乡党建办"}
    refused = office.post(new, typed)
    assert refused.status_code == 422
    assert "f-signer-error" in refused.content.decode()
    assert office.post(new, typed | {"signer": "王某", f"also-{second.number}": "1"}).status_code == 302
    letter = Letter.objects.get()
    assert [line["number"] for line in letter.lines] == [first.number, second.number]
    page = reverse("letter", args=[letter.pk])
    assert letter.number in village.get(reverse("letters")).content.decode()
    assert page in village.get(reverse("today")).content.decode()
    assert reverse("letter_reply", args=[letter.pk]) not in office.get(page).content.decode()
    for kind, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert village.get(reverse("letter_file", args=[letter.pk, kind])).content.startswith(begins)
    assert office.post(reverse("letter_reply", args=[letter.pk]), {"reply": "代答", "version": 1}).status_code == 403
    assert village.post(reverse("letter_reply", args=[letter.pk]), {"reply": "已办结", "version": 1}).status_code == 302
    assert "已办结" in office.get(page).content.decode()
    assert signed_in(cast.other_town_office).get(page).status_code == 404


def test_over_the_api(cast: SimpleNamespace) -> None:
    matter = open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="路灯不亮")
    office, village = api_client.signed_in(cast.town_office), api_client.signed_in(cast.secretary)
    body = {"matters": [matter.number], "demand": "限期办结", "until": "2018-04-09", "signer": "王某"}
    sent = api_client.send(office, "POST", "/letters", body, key="letter-1").json()
    assert sent["matters"] == [matter.number]
    assert api_client.send(office, "POST", "/letters", body, key="letter-1").json() == sent
    assert office.get("/api/v1/letters?waiting=true").json()["items"] == [sent]
    answer = {"reply": "已办结", "seen_version": sent["version"]}
    replied = api_client.send(village, "POST", f"/letters/{sent['id']}/reply", answer, key="letter-2").json()
    assert (replied["reply"], office.get("/api/v1/letters?waiting=true").json()["items"]) == ("已办结", [])
    for kind, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        assert office.get(f"/api/v1/letters/{sent['id']}/letter.{kind}").content.startswith(begins)


def test_the_template_is_replaced_in_the_browser(cast: SimpleNamespace, signed_in: SignIn) -> None:
    address = reverse("letter_template", args=[cast.land.district.code])
    assert signed_in(cast.district_office).get(address).status_code == 404
    client = signed_in(cast.administrator)
    assert "现用：内置模板" in client.get(address).content.decode()
    wrong = client.post(address, {"file": SimpleUploadedFile("a.docx", b"no document")})
    assert wrong.status_code == 422
    assert "不是不带宏的 Word 文档" in wrong.content.decode()
    assert client.post(address, {"file": SimpleUploadedFile("a.docx", TEMPLATE.read_bytes())}).status_code == 302
    assert LetterTemplate.objects.get().name == "a.docx"
