"""Documents by the pages and the API: sent, shown, named, shown again, downloaded; to whom, and how they leave."""

from __future__ import annotations

import io
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.kernel.models import Entry
from huoshui.matters.letters.actions import issue_letter
from huoshui.matters.models import Matter, MoneyLine
from huoshui.matters.money.actions import write_line
from huoshui.media.models import Attachment, Blob
from huoshui.media.previews import make_preview
from tests.matters.conftest import Opener, claim, open_item, photo
from tests.media import papers
from tests.subsidies.conftest import accepted
from tests.web.api_client import codes, done, send
from tests.web.api_client import signed_in as api

__all__ = ["open_item"]
SignIn = Callable[[Account], Client]
pytestmark = pytest.mark.usefixtures("files")


@pytest.fixture
def matter(cast: SimpleNamespace, open_item: Opener) -> Matter:
    """A matter that the secretary works on."""
    return claim(open_item(), cast.secretary)


def upload(name: str = "合同.pdf", data: bytes = b"", kind: str = "text/html") -> SimpleUploadedFile:
    """A file as a browser sends it: what it says of its type counts for nothing."""
    return SimpleUploadedFile(name, data or papers.pdf(), kind)


def add(client: Client, matter: Matter, slot: str = "files", **values: Any) -> Any:
    return client.post(f"/matters/{matter.number}/photos/{slot}", values)


def test_sent_shown_and_previewed(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    secretary = signed_in(cast.secretary)
    form = secretary.get(f"/matters/{matter.number}/?do=photos&slot=files").content.decode()
    assert 'accept="image/*,.pdf,.docx,.xlsx"' in form
    assert add(secretary, matter, photo_files=upload(), caption="施工合同").status_code == 302
    attachment = Attachment.objects.get()
    page = secretary.get(f"/matters/{matter.number}/").content.decode()
    assert f'href="/files/{attachment.pk}/"' in page
    assert "2 页" in page
    waits = secretary.get(f"/files/{attachment.pk}/").content.decode()
    assert ("正在生成预览" in waits, "hx-trigger" in waits) == (True, True)
    make_preview(attachment.blob_id)
    shown = secretary.get(f"/files/{attachment.pk}/").content.decode()
    assert (f"/photos/{attachment.pk}/page" in shown, "hx-trigger=" in shown) == (True, False)
    for size in ("page", "thumb"):
        picture = secretary.get(f"/photos/{attachment.pk}/{size}")
        assert (picture["Content-Type"], picture["X-Content-Type-Options"]) == ("image/webp", "nosniff")
        assert b"".join(picture.streaming_content)[:4] == b"RIFF"


def test_a_document_leaves_as_a_download_alone(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    secretary = signed_in(cast.secretary)
    add(secretary, matter, photo_files=upload('合 同"\r\nX: y.html'))
    answer = secretary.get(f"/photos/{Attachment.objects.get().pk}")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Disposition"].endswith(".pdf")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (answer["X-Content-Type-Options"], "X" in answer) == ("nosniff", False)
    assert "private" in answer["Cache-Control"]
    assert b"".join(answer.streaming_content) == papers.pdf()


def test_what_a_file_says_is_shown_as_text(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    secretary = signed_in(cast.secretary)
    add(secretary, matter, photo_files=upload("<script>1</script>.xlsx", papers.workbook()), caption="<i>x</i>")
    attachment = Attachment.objects.get()
    make_preview(attachment.blob_id)
    page = secretary.get(f"/files/{attachment.pk}/").content.decode()
    assert "&lt;b&gt;人工&lt;/b&gt;" in page
    assert not any(said in page for said in ("<b>人工", "<i>x", "<script>1"))


def test_a_broken_file_does_not_break_the_page(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    secretary = signed_in(cast.secretary)
    add(secretary, matter, photo_files=upload())
    attachment = Attachment.objects.get()
    Blob.objects.update(preview=Blob.Preview.NONE)
    assert "没有可看的预览" in secretary.get(f"/files/{attachment.pk}/").content.decode()
    assert secretary.get(f"/photos/{attachment.pk}/page").status_code == 404
    assert secretary.get(f"/photos/{attachment.pk}/other").status_code == 404
    assert secretary.get(f"/matters/{matter.number}/").status_code == 200


def test_only_who_sees_the_matter_sees_its_files(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    add(signed_in(cast.secretary), matter, photo_files=upload(), caption="合同")
    key = Attachment.objects.get().pk
    for stranger in (cast.other_secretary, cast.stranger):
        client = signed_in(stranger)
        for address in (f"/files/{key}/", f"/photos/{key}", f"/photos/{key}/page", f"/photos/{key}/thumb"):
            assert client.get(address).status_code == 404
        assert client.post(f"/files/{key}/caption", {"caption": "x"}).status_code == 404
        assert codes(send(api(stranger), "PATCH", f"/photos/{key}", {"caption": "x"})) == ["access.not_found"]
    assert Client().get(f"/files/{key}/").status_code == 302
    assert signed_in(cast.town_office).get(f"/files/{key}/").status_code == 200


def test_the_refusal_stands_beside_the_input(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    secretary = signed_in(cast.secretary)
    refused = add(secretary, matter, photo_files=upload("a.ofd", papers.zip_of("OFD.xml", b"<x/>")))
    assert (refused.status_code, "另存为 PDF" in refused.content.decode()) == (422, True)
    photos_only = add(secretary, matter, slot="after", photo_after=upload())
    assert (photos_only.status_code, Attachment.objects.count()) == (422, 0)
    nothing = add(secretary, matter)
    assert (nothing.status_code, "文件材料" in nothing.content.decode()) == (422, True)


def test_the_caption_by_the_page(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    secretary = signed_in(cast.secretary)
    add(secretary, matter, photo_files=upload(), caption="合同")
    key = Attachment.objects.get().pk
    assert "保存说明" in secretary.get(f"/files/{key}/").content.decode()
    assert "保存说明" not in signed_in(cast.town_office).get(f"/files/{key}/").content.decode()
    long = secretary.post(f"/files/{key}/caption", {"caption": "字" * 201})
    assert (long.status_code, "字" * 201 in long.content.decode()) == (422, True)
    assert secretary.post(f"/files/{key}/caption", {"caption": "补充合同"}).status_code == 302
    assert Attachment.objects.get().caption == "补充合同"
    story = secretary.get(f"/matters/{matter.number}/").content.decode()
    assert "改佐证说明" in story
    assert secretary.get(f"/files/{key}/caption").status_code == 302


def test_shown_again_from_the_form(cast: SimpleNamespace, matter: Matter, open_item: Opener, signed_in: SignIn) -> None:
    secretary = signed_in(cast.secretary)
    add(secretary, matter, photo_files=upload(), caption="合同")
    known = Attachment.objects.get()
    other = claim(open_item(), cast.secretary)
    form = secretary.get(f"/matters/{other.number}/?do=photos&slot=files").content.decode()
    assert (f'value="{known.pk}"' in form, matter.number in form) == (True, True)
    assert str(known.pk) not in secretary.get(f"/matters/{other.number}/?do=photos&slot=before").content.decode()
    assert add(secretary, other, known_files=str(known.pk)).status_code == 302
    assert (Attachment.objects.count(), Blob.objects.count()) == (2, 1)
    assert Entry.objects.filter(action="media.reuse", subject_id=other.pk).exists()
    assert other.number in secretary.get(f"/files/{known.pk}/").content.decode()
    foreign = add(signed_in(cast.secretary2), other, known_files=str(known.pk))
    assert foreign.status_code == 404


def test_a_known_photo_is_no_new_one(
    cast: SimpleNamespace, matter: Matter, open_item: Opener, signed_in: SignIn
) -> None:
    secretary = signed_in(cast.secretary)
    add(secretary, matter, slot="after", photo_after=upload("a.jpg", photo()))
    known, other = Attachment.objects.get(), claim(open_item(), cast.secretary)
    assert "引用同一地点" not in secretary.get(f"/matters/{other.number}/?do=photos&slot=after").content.decode()
    refused = add(secretary, other, slot="after", known_after=str(known.pk))
    assert (refused.status_code, "要新拍的照片" in refused.content.decode()) == (409, True)


def test_a_voucher_by_the_api(cast: SimpleNamespace) -> None:
    hub = accepted(cast)
    line = MoneyLine.objects.filter(matter=hub).latest("id")
    client, path = api(line.by), f"/money/lines/{line.pk}/photos"
    sent = client.post(f"/api/v1{path}", {"photo": upload("票.pdf"), "caption": "水泥"})
    row = done(sent)
    assert (row["content_type"], row["pages"], row["preview"], row["page"]) == ("application/pdf", 2, "waiting", "")
    paper = Attachment.objects.get(pk=row["id"])
    make_preview(paper.blob_id)
    (listed,) = done(client.get(f"/api/v1{path}"))["items"]
    assert (listed["preview"], listed["sha256"]) == ("made", paper.blob_id)
    page = client.get(listed["page"])
    assert page["Content-Type"] == "image/webp"
    full = client.get(listed["full"])
    assert full["Content-Disposition"].startswith("attachment")
    assert done(send(client, "PATCH", f"/photos/{row['id']}", {"caption": "黄沙"}))["caption"] == "黄沙"
    other = write_line(by=line.by, matter=hub, type=line.type, amount="1", day=line.day, voucher="")
    again = done(send(client, "POST", f"/money/lines/{other.pk}/photos/known", {"photo": row["id"]}))
    assert again["sha256"] == row["sha256"]
    assert codes(send(api(cast.stranger), "POST", f"{path}/known", {"photo": row["id"]})) == ["access.not_found"]


def test_a_known_file_by_the_api(cast: SimpleNamespace, matter: Matter, open_item: Opener, signed_in: SignIn) -> None:
    add(signed_in(cast.secretary), matter, photo_files=upload(), caption="合同")
    known, other = Attachment.objects.get(), claim(open_item(), cast.secretary)
    client = api(cast.secretary)
    shown = done(
        send(client, "POST", f"/matters/{other.number}/photos/known", {"photo": str(known.pk), "slot": "files"})
    )
    assert (shown["sha256"], shown["caption"]) == (known.blob_id, "合同")
    wrong = send(client, "POST", f"/matters/{other.number}/photos/known", {"photo": str(known.pk), "slot": "before"})
    assert codes(wrong) == ["file.photos_only"]


def test_documents_of_a_place(cast: SimpleNamespace, signed_in: SignIn) -> None:
    village, town = cast.land.village, cast.land.town
    office, secretary = signed_in(cast.district_office), signed_in(cast.secretary)
    for place in (village, town):
        sent = office.post(f"/places/{place.code}/files", {"photo_files": upload(data=papers.pdf(1, place.code))})
        assert sent.status_code == 302
    ours, above = (Attachment.objects.get(place=place) for place in (village, town))
    assert f"/files/{ours.pk}/" in secretary.get(f"/places/{village.code}/").content.decode()
    # The name of one's own town is no secret; its documents are.
    assert secretary.get(f"/places/{town.code}/").status_code == 200
    assert f"/files/{above.pk}/" not in secretary.get(f"/places/{town.code}/").content.decode()
    assert secretary.get(f"/files/{above.pk}/").status_code == 404
    assert done(api(cast.secretary).get(f"/api/v1/places/{town.code}/photos"))["items"] == []
    assert len(done(api(cast.secretary).get(f"/api/v1/places/{village.code}/photos"))["items"]) == 1
    refused = secretary.post(f"/places/{village.code}/files", {"photo_files": upload()})
    assert (refused.status_code, Attachment.objects.count()) == (409, 2)
    empty = office.post(f"/places/{village.code}/files", {"photo_files": io.BytesIO(b"")})
    assert (empty.status_code, Attachment.objects.count()) == (422, 2)


def test_what_goes_with_the_reply_to_a_letter(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    terms = {"demand": "请落实", "until": clock.today(), "signer": "某某"}
    letter = issue_letter(by=cast.district_office, matters=[matter], **terms)
    village, address = signed_in(cast.secretary), f"/letters/{letter.pk}/"
    assert 'name="photo_reply"' in village.get(address).content.decode()
    files: dict[str, Any] = {"version": 1, "photo_reply": upload("台账.xlsx", papers.workbook())}
    empty = village.post(f"{address}reply", {**files, "reply": ""})
    assert (empty.status_code, Attachment.objects.count()) == (422, 0)  # all of it or nothing
    files["photo_reply"] = upload("台账.xlsx", papers.workbook())
    assert village.post(f"{address}reply", {**files, "reply": "已办结"}).status_code == 302
    attachment = Attachment.objects.get()
    assert f"/files/{attachment.pk}/" in signed_in(cast.district_office).get(address).content.decode()
    late = api(cast.secretary).post(f"/api/v1/letters/{letter.pk}/photos", {"photo": upload()})
    assert codes(late) == ["photo.slot_closed"]
    assert len(done(api(cast.district_office).get(f"/api/v1/letters/{letter.pk}/photos"))["items"]) == 1
    changed = village.post(f"/files/{attachment.pk}/caption", {"caption": "改"})
    assert changed.status_code == 409  # replied, the words stand
