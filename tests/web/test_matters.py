"""Matters by HTTP: the walk from claim to closing, refusals on the page, stale edits, photos, opening."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from huoshui.duties.actions import grant_duty
from huoshui.duties.models import Account
from huoshui.duties.queries import system_account
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance, assign, open_matter
from huoshui.matters.models import Matter
from huoshui.media.queries import attachments_of, count_attachments
from tests.matters.conftest import claim

SignIn = Callable[[Account], Client]


def photo(name: str = "after.jpg", color: str = "green") -> SimpleUploadedFile:
    """A small photo as a browser sends it."""
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(stream, "JPEG")
    return SimpleUploadedFile(name, stream.getvalue(), content_type="image/jpeg")


@pytest.fixture
def matter(cast: SimpleNamespace) -> Matter:
    """A matter at 寨卜昌村, to be claimed by its secretary."""
    return open_matter(
        by=cast.town_office, kind="rectification.item", place=cast.land.village, title="广场堆放建筑垃圾", detail="碎砖"
    )


def take(client: Client, matter: Matter, step: str, **data: Any) -> Any:
    """Send the form of a step as the page does: with the version that it showed."""
    data.setdefault("version", Matter.objects.get(pk=matter.pk).version)
    return client.post(reverse("matter_step", args=[matter.number, step]), data)


def claim_values(cast: SimpleNamespace) -> dict[str, str]:
    return {"measures": "两天清完", "deadline": "2018-04-10", "responsible_person": cast.secretary.username}


def submitted(cast: SimpleNamespace, matter: Matter, sign_in: SignIn) -> None:
    """Claim and submit the matter by HTTP, as its secretary."""
    village = sign_in(cast.secretary)
    assert take(village, matter, "claim", **claim_values(cast)).status_code == 302
    done = take(village, matter, "submit", progress="清完了", photo_after=photo())
    assert done.status_code == 302


def test_the_whole_walk(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    submitted(cast, matter, signed_in)
    checker = signed_in(cast.verifier)
    without_note = take(checker, matter, "return")
    assert without_note.status_code == 422
    assert "f-note-error" in without_note.content.decode()
    assert take(checker, matter, "return", note="排水口还堵着").status_code == 302
    again = take(signed_in(cast.secretary), matter, "submit", progress="疏通了", photo_after=photo("b.jpg", "blue"))
    assert again.status_code == 302
    assert take(checker, matter, "verify").status_code == 302
    matter.refresh_from_db()
    assert (matter.state, matter.verifier, count_attachments(matter, "after")) == ("closed", cast.verifier, 2)
    page = checker.get(reverse("matter", args=[matter.number])).content.decode()
    assert "timeline__item--refused" in page
    assert "timeline__item--closed" in page
    assert "light--green" in page
    assert 'alt="第 1 张照片"' in page  # without a caption it still has a name
    assert 'alt=""' not in page


def test_the_claim_names_the_last_day_and_whose_deadline_is_which(
    cast: SimpleNamespace, matter: Matter, signed_in: SignIn
) -> None:
    client, address = signed_in(cast.secretary), reverse("matter", args=[matter.number])
    form = client.get(address, {"step": "claim"}).content.decode()
    assert 'max="2018-04-24"' in form
    assert "最晚 2018-04-24（整改期限）。" in form
    assert take(client, matter, "claim", **claim_values(cast) | {"deadline": "2018-04-25"}).status_code == 422
    assert take(client, matter, "claim", **claim_values(cast)).status_code == 302
    page = client.get(address).content.decode()
    assert "<dt>整改期限（规定）</dt>" in page
    assert "<dt>整改时限（自定）</dt>" in page
    assert 'max="2018-04-24"' in client.get(address, {"do": "edit"}).content.decode()


def test_refused_beside_the_field(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    values = claim_values(cast) | {"deadline": "2019-12-31", "measures": ""}
    page = take(signed_in(cast.secretary), matter, "claim", **values)
    assert page.status_code == 422
    assert "f-measures-error" in page.content.decode()
    values["measures"] = "两天清完"
    late = take(signed_in(cast.secretary), matter, "claim", **values)
    assert "f-deadline-error" in late.content.decode()
    assert "两天清完" in late.content.decode()
    assert Matter.objects.get(pk=matter.pk).state == "to_claim"


def test_photo_stays_when_the_step_is_refused(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    village = signed_in(cast.secretary)
    take(village, matter, "claim", **claim_values(cast))
    page = take(village, matter, "submit", progress="", photo_after=photo())
    assert page.status_code == 422
    assert count_attachments(matter, "after") == 1
    assert "f-progress-error" in page.content.decode()


def test_nobody_verifies_their_own_work(cast: SimpleNamespace, signed_in: SignIn) -> None:
    matter = open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village3, title="断网")
    both = signed_in(cast.both)
    take(both, matter, "claim", **(claim_values(cast) | {"responsible_person": cast.both.username}))
    take(both, matter, "submit", progress="已修好", photo_after=photo())
    reading = both.get(reverse("matter", args=[matter.number])).content.decode()
    shown, _, folded = reading.partition("next__refused")
    assert "您办过本事项，不能再由您“核验通过”" in shown
    assert "您办过本事项" not in folded
    asked = both.get(reverse("matter", args=[matter.number]), {"step": "verify"}).content.decode()
    notice = asked[asked.index("“核验通过”不能由您办理") :]
    assert "您办过本事项" in notice[:400]
    assert "核验员" in notice[:400]
    refused = take(both, matter, "verify")
    assert refused.status_code in (403, 422)
    words = refused.content.decode()
    assert "matter.own_work" in words
    assert "核验员" in words  # who can
    matter.refresh_from_db()
    assert matter.state == "submitted"


def test_a_step_out_of_reach_is_said_where_it_was_asked_for(
    cast: SimpleNamespace, matter: Matter, signed_in: SignIn
) -> None:
    address = reverse("matter", args=[matter.number])
    page = signed_in(cast.auditor).get(address, {"step": "claim"}).content.decode()
    assert "“认领”不能由您办理" in page
    assert "您的职责不能办理“认领”" in page
    page = signed_in(cast.secretary).get(address, {"step": "submit"}).content.decode()
    assert "事项现为“待认领”，不能“申请销号”" in page
    assert "不能由您办理" not in signed_in(cast.secretary).get(address, {"step": "claim"}).content.decode()
    assert "不能由您办理" not in signed_in(cast.secretary).get(address, {"step": "nonsense"}).content.decode()


@pytest.mark.parametrize("who", ["review_lead", "auditor"])
def test_who_may_open_nothing_is_refused_and_not_offered_it(cast: SimpleNamespace, signed_in: SignIn, who: str) -> None:
    client, address = signed_in(getattr(cast, who)), reverse("matter_new")
    answer = client.get(address, {"place": cast.land.village.code})
    assert answer.status_code == 403
    words = answer.content.decode()
    assert "您不能在这里登记“事项”" in words
    assert "乡镇党建办" in words
    assert address not in client.get(reverse("ledger")).content.decode()


def test_elsewhere_than_in_ones_area_it_says_who_opens_there(cast: SimpleNamespace, signed_in: SignIn) -> None:
    grant_duty(by=system_account(), account=cast.town_office, role="auditor", place=cast.land.district)
    client = signed_in(cast.town_office)
    page = client.get(reverse("matter_new"), {"place": cast.land.other_village.code}).content.decode()
    assert "您不能在" in page
    assert "区党建办" in page
    options = client.get(reverse("matter_new")).content.decode()
    assert f'value="{cast.land.village.code}"' in options
    assert f'value="{cast.land.other_village.code}"' not in options


def test_stale_edit_shows_both_and_writes_nothing(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    village = signed_in(cast.secretary)
    take(village, matter, "claim", **claim_values(cast))
    seen = Matter.objects.get(pk=matter.pk).version
    advance(by=cast.secretary, matter=matter, transition="update", values={"progress": "施工队已进场"})
    before = Entry.objects.count()
    page = take(village, matter, "submit", version=seen, progress="我写的进展", photo_after=photo())
    words = page.content.decode()
    assert page.status_code == 409
    assert "conflict__sides" in words
    assert "施工队已进场" in words
    assert "我写的进展" in words
    assert Entry.objects.count() == before
    assert count_attachments(matter) == 0


def test_stale_correction(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    office, url = signed_in(cast.town_office), reverse("matter_edit", args=[matter.number])
    assert office.post(url, {"version": 1, "title": "改过的题目", "detail": ""}).status_code == 302
    page = office.post(url, {"version": 1, "title": "又一个题目", "detail": ""})
    assert page.status_code == 409
    assert "改过的题目" in page.content.decode()
    assert "又一个题目" in page.content.decode()


def test_assign(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    office, url = signed_in(cast.town_office), reverse("matter_assign", args=[matter.number])
    assert "do=assign" in office.get(reverse("matter", args=[matter.number])).content.decode()
    done = office.post(url, {"owner": cast.village_lead.username, "unit": "", "version": matter.version})
    assert done.status_code == 302
    matter.refresh_from_db()
    assert (matter.owner, matter.unit) == (cast.village_lead, cast.village_lead.unit)
    unknown = office.post(url, {"owner": "nobody", "unit": "", "version": matter.version})
    assert unknown.status_code == 422


def test_photos_added_and_removed(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    office, url = signed_in(cast.town_office), reverse("matter_photo_add", args=[matter.number, "before"])
    assert office.post(url, {"photo_before": photo(), "caption": "西北角"}).status_code == 302
    wrong = office.post(url, {"photo_before": SimpleUploadedFile("a.jpg", b"no photo at all")})
    assert wrong.status_code == 422
    assert "不是照片" in wrong.content.decode()
    assert office.post(url, {}).status_code == 422
    taken = attachments_of(matter).get()
    away = reverse("matter_photo_remove", args=[matter.number, taken.pk])
    assert signed_in(cast.verifier).post(away).status_code == 409
    assert office.post(away).status_code == 302
    assert count_attachments(matter) == 0


def test_open_by_hand(cast: SimpleNamespace, signed_in: SignIn) -> None:
    office, url = signed_in(cast.town_office), reverse("matter_new")
    address = f"{url}?place={cast.land.village.code}&kind=rectification.item"
    assert cast.land.village.short_name in office.get(address).content.decode()
    data = {"place": cast.land.village.code, "kind": "rectification.item", "severity": "serious"}
    missing = office.post(url, data)
    assert missing.status_code == 422
    assert "f-title-error" in missing.content.decode()
    assert office.post(url, data | {"title": "无人值守"}).status_code == 302
    opened = Matter.objects.get(title="无人值守")
    assert (opened.severity, opened.opened_by) == ("serious", cast.town_office)
    refused = signed_in(cast.auditor).get(address)
    assert "不能在" in refused.content.decode()


def test_the_person_responsible_is_linked_where_that_page_opens(
    cast: SimpleNamespace, matter: Matter, signed_in: SignIn
) -> None:
    take(signed_in(cast.secretary), matter, "claim", **claim_values(cast))
    since = dt.date(2018, 1, 1)
    grant_duty(by=system_account(), account=cast.stranger, role="grid_worker", place=cast.land.village, since=since)
    address = reverse("person", args=[cast.secretary.username])
    for account, opens in ((cast.town_office, True), (cast.stranger, False)):
        client = signed_in(account)
        assert (client.get(address).status_code == 200) is opens
        page = client.get(reverse("matter", args=[matter.number])).content.decode()
        assert cast.secretary.title in page
        assert (address in page) is opens


def test_other_town_sees_nothing(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    other = signed_in(cast.other_town_office)
    for address in (
        reverse("matter", args=[matter.number]),
        reverse("matter_beside", args=[matter.number]),
    ):
        assert other.get(address).status_code == 404
    assert take(other, matter, "claim", **claim_values(cast)).status_code == 404
    assert other.post(reverse("matter_edit", args=[matter.number]), {"title": "x"}).status_code == 404


def test_drawer_is_a_fragment(cast: SimpleNamespace, matter: Matter, signed_in: SignIn) -> None:
    words = signed_in(cast.verifier).get(reverse("matter_beside", args=[matter.number])).content.decode()
    assert "drawer__head" in words
    assert "<html" not in words


def test_kind_page_escapes_its_graph(cast: SimpleNamespace, signed_in: SignIn) -> None:
    words = signed_in(cast.district_office).get("/packs/rectification/matters/item/").content.decode()
    drawn = json.loads(words.partition('<script type="application/json">')[2].partition("</script>")[0])
    assert {state["code"] for state in drawn["states"]} >= {"to_claim", "closed"}
    assert ["核验员"] in [step["roles"] for step in drawn["transitions"]]
    assert "谁不能办" in words


def test_more_time_is_asked_and_granted_on_the_page(cast: SimpleNamespace, signed_in: SignIn) -> None:
    matter = open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="漏雨")
    page = reverse("matter", args=[matter.number])
    asking = signed_in(cast.secretary)
    assert "?do=extend" in asking.get(page).content.decode()
    assert 'name="until"' in asking.get(page + "?do=extend").content.decode()
    sent = {"until": "2018-06-30", "note": "等材料", "version": matter.version}
    refused = asking.post(reverse("matter_extend", args=[matter.number]), sent)
    assert (refused.status_code, "2018-05-09" in refused.content.decode()) == (422, True)  # the last day possible
    assert (
        asking.post(reverse("matter_extend", args=[matter.number]), sent | {"until": "2018-05-04"}).status_code == 302
    )
    assert "申请延期中" in asking.get(reverse("ledger")).content.decode()
    assert "?do=decide" not in asking.get(page).content.decode()
    deciding = signed_in(cast.town_office)
    today = deciding.get(reverse("today"))
    assert f"/matters/{matter.number}/?do=decide" in today.content.decode()
    assert "待批延期 1 件" in today.content.decode()
    assert "等材料" in deciding.get(page + "?do=decide").content.decode()
    decision = reverse("matter_extension", args=[matter.number])
    assert deciding.post(decision, {"note": ""}).status_code == 422
    assert deciding.post(decision, {"decision": "grant"}).status_code == 302
    assert "申请由 2018-04-24 延至 2018-05-04" in deciding.get(page).content.decode()
    again = asking.get(page).content.decode()
    assert ("?do=extend" in again, "已经延期 1 次，不能再延" in again) == (False, True)
    assert Matter.objects.get(pk=matter.pk).due_on == dt.date(2018, 5, 4)


def test_a_part_is_opened_from_the_page_of_the_whole(cast: SimpleNamespace, signed_in: SignIn) -> None:
    whole = open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="院子漏雨")
    client = signed_in(cast.town_office)
    page = client.get(reverse("matter", args=[whole.number]))
    address = page.context["parts"].add_url
    assert 'name="deadline"' in client.get(address).content.decode()
    sent = {"title": "东屋漏雨", "place": whole.place.code, "kind": whole.kind, "deadline": "2018-04-12"}
    assert client.post(address, sent).status_code == 302
    part = Matter.objects.get(parent=whole)
    words = client.get(reverse("matter", args=[whole.number])).content.decode()
    assert "1 件，已办结 0 件" in words
    assert part.number in words
    assert "上级事项" in client.get(reverse("matter", args=[part.number])).content.decode()
    move = reverse("matter_parent", args=[part.number])
    assert "没有您看得到的事项" in client.post(move, {"parent": "ZG-1999-0001"}).content.decode()
    assert client.post(move, {"parent": ""}).status_code == 302
    assert Matter.objects.get(pk=part.pk).parent is None


def test_what_may_be_the_same_is_named_while_writing(cast: SimpleNamespace, signed_in: SignIn) -> None:
    lamp = open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="村口路灯不亮")
    again = open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="村口路灯又不亮")
    client, typed = signed_in(cast.town_office), {"title": "路灯不亮", "kind": lamp.kind, "place": lamp.place.code}
    words = client.post(reverse("matter_alike"), typed).content.decode()
    assert lamp.number in words
    assert "这就是它" in words
    assert client.post(reverse("matter_alike"), typed | {"place": "nowhere"}).content.decode().strip() == ""
    assert client.get(reverse("matter_alike")).status_code == 302
    beside = reverse("matter_alike_to", args=[again.number])
    assert f"?step=mark_duplicate&amp;duplicate_of={lamp.number}" in client.get(beside).content.decode()
    assert "这就是它" not in signed_in(cast.secretary).get(beside).content.decode()


def test_a_merge_is_previewed_and_its_conflicts_are_decided(cast: SimpleNamespace, signed_in: SignIn) -> None:
    def claimed(title: str, measures: str) -> Matter:
        place = cast.land.village
        matter = open_matter(by=cast.town_office, kind="rectification.item", place=place, title=title)
        return claim(matter, cast.secretary, measures=measures)

    one, other = claimed("村口路灯不亮", "换灯"), claimed("村口路灯又不亮", "换线")
    client, page = signed_in(cast.town_office), reverse("matter", args=[other.number])
    asking = client.get(f"{page}?step=mark_duplicate").content.decode()
    assert 'method="get"' in asking
    unknown = client.get(f"{page}?step=mark_duplicate&duplicate_of=ZG-1999-0001")
    assert (unknown.status_code, 'method="get"' in unknown.content.decode()) == (422, True)
    preview = client.get(f"{page}?step=mark_duplicate&duplicate_of={one.number}").content.decode()
    assert "留那一件的：换灯" in preview
    assert "用这一件的：换线" not in preview  # the office may not edit what the village answers for
    assign(by=cast.district_office, matter=one, owner=cast.town_office)
    preview = client.get(f"{page}?step=mark_duplicate&duplicate_of={one.number}").content.decode()
    assert "用这一件的：换线" in preview
    assert Matter.objects.get(pk=other.pk).phase == "open"
    take, sent = reverse("matter_step", args=[other.number, "mark_duplicate"]), {"duplicate_of": one.number}
    refused = client.post(take, sent)
    assert (refused.status_code, "两件不一致" in refused.content.decode()) == (422, True)
    assert client.post(take, sent | {"keep-measures": "this"}).status_code == 302
    ended = client.get(page)
    assert [state.label for state in ended.context["path"]] == ["待认领", "整改中", "重复"]  # it was never submitted
    assert 'light--none">重复<' in ended.content.decode()
    words = client.get(reverse("matter", args=[one.number])).content.decode()
    assert "并进来的" in words
    assert "换线" in words


def test_a_split_is_previewed_confirmed_and_put_together_again(cast: SimpleNamespace, signed_in: SignIn) -> None:
    opening = {"by": cast.town_office, "kind": "rectification.item", "place": cast.land.village}
    matter = open_matter(**opening, title="两处问题", detail="路灯不亮\n井盖松动")
    client, page = signed_in(cast.town_office), reverse("matter", args=[matter.number])
    asked = client.get(f"{page}?step=split").content.decode()
    assert 'value="路灯不亮"' in asked
    assert 'name="finding-2-2" value="1" aria-label="第 2 件：井盖松动" checked' in asked
    address = reverse("matter_split", args=[matter.number])
    typed = {"title-1": "路灯", "title-2": "井盖", "finding-1-1": "1", "note": "分两家修", "version": matter.version}
    more = client.post(address, typed | {"do": "more"}).content.decode()
    assert 'name="title-3"' in more
    lacking = client.post(address, typed | {"do": "look"})
    assert (lacking.status_code, "“井盖松动”没有归到任何一件。" in lacking.content.decode()) == (422, True)
    typed["finding-2-2"] = "1"
    preview = client.post(address, typed | {"do": "look"}).content.decode()
    assert "拆成 2 件" in preview
    assert Matter.objects.count() == 1
    assert client.post(address, typed | {"do": "split"}).status_code == 302
    lamp, _lid = Matter.objects.filter(split_from=matter).order_by("number")
    assert matter.number in client.get(reverse("matter", args=[lamp.number])).content.decode()
    split = client.get(page).content.decode()
    assert f"{lamp.number}</span> 路灯" in split
    assert "?do=rejoin" in split
    assert "合回" in client.get(f"{page}?do=rejoin").content.decode()
    version = Matter.objects.get(pk=matter.pk).version
    assert client.post(reverse("matter_rejoin", args=[matter.number]), {"version": version}).status_code == 302
    assert Matter.objects.get(pk=matter.pk).state == "to_claim"
