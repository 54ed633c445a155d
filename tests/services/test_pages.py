"""The office's pages of services and the public ones, as somebody uses them."""

from __future__ import annotations

import io
import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huoshui.kernel.models import Entry
from huoshui.matters.models import Matter
from huoshui.services import actions
from huoshui.services.models import Offer, Rating, Request
from huoshui.services.tracking import code_of
from tests.reports.test_typesetting import pages as pdf_pages
from tests.services.conftest import LOAN, NAME, PAPERS, PENSION, PHONE, TOLD, WHO, done, offered, step, taken


def client_of(account: Any) -> Client:
    client = Client()
    client.force_login(account, backend="huoshui.web.backends.SignedInBackend")
    return client


def read(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == status, answer.content.decode()[:2000]
    text: str = answer.content.decode()
    return text


def sent(client: Client, name: str, *args: Any, status: int = 302, **values: Any) -> Any:
    answer = client.post(reverse(name, args=args), values)
    assert answer.status_code == status, answer.content.decode()[:3000]
    return answer


def test_the_catalogue_leads_to_the_guide_and_to_where_it_is_offered(desk: SimpleNamespace) -> None:
    offered(desk)
    client = client_of(desk.secretary)
    text = read(client, "services")
    assert "社会保险" in text
    assert "城乡居民基本养老保险参保登记" in text
    assert "创业担保贷款申请" not in read(client, "services", group="services.social_insurance")
    guide = read(client, "service_item", PENSION)
    for told in ("居民身份证", "可后补", "周一至周五", "08:30–12:00，14:30–18:00", "寨卜昌村党群服务中心"):
        assert told in guide
    assert "受理" not in guide.partition("page__actions")[2].partition("</div>")[0]  # no duty to take it
    read(client, "service_item", "services.none", status=404)


def test_an_offer_is_published_changed_and_ended_on_its_pages(desk: SimpleNamespace) -> None:
    client = client_of(desk.window)
    form = {
        "item": PENSION,
        "place": desk.hub.code,
        "weekdays": ["1", "3"],
        "hours": "9:00-11:00",
        "since": "2018-04-02",
    }
    wrong = sent(client, "service_offer_new", status=422, **form | {"hours": "上午"}).content.decode()
    assert "“上午”不是办理时间" in wrong
    empty = sent(client, "service_offer_new", status=422, hours="9:00-11:00").content.decode()
    assert all(told in empty for told in ("“事项”必须填写", "“办理点”必须填写"))  # both at once
    sent(client, "service_offer_new", **form)
    offer = Offer.objects.get()
    sent(client, "service_offer_change", offer.pk, version=1, weekdays=["5"], hours="9:00-10:00", phone="03912222222")
    stale = sent(client, "service_offer_change", offer.pk, status=409, version=1, weekdays=["5"], hours="9:00-10:00")
    assert "record.stale" in stale.content.decode()
    assert "周五" in read(client, "service_offers")
    assert "没有符合" in read(client, "service_offers", today="1")  # it is Monday
    assert "03912222222" in read(client, "service_offers", view="list", place=desk.land.town.code)
    book = load_workbook(io.BytesIO(client.get(reverse("service_offers_export")).content))
    assert "周五" in [cell.value for row in book.active.iter_rows() for cell in row]
    refused = sent(client, "service_offer_end", offer.pk, status=422, version=2, until="2018-04-02", reason="")
    assert 'value="03912222222"' in refused.content.decode()  # the other form on the page shows what stands
    sent(client, "service_offer_end", offer.pk, version=2, until="2018-04-02", reason="合并")
    assert "办到 2018-04-02" in read(client, "service_offer", offer.pk)
    assert "办到 2018-04-02" in read(Client(), "portal_site", desk.hub.code)


def test_who_may_not_publish_finds_no_form(desk: SimpleNamespace) -> None:
    read(client_of(desk.agent), "service_offer_new", status=404)
    offer = offered(desk)
    assert "更改或停办" not in read(client_of(desk.agent), "service_offer", offer.pk)
    read(client_of(desk.stranger), "service_offer", offer.pk, status=404)


def test_a_request_is_taken_at_the_counter_and_its_slip_printed(desk: SimpleNamespace) -> None:
    offer, client = offered(desk), client_of(desk.agent)
    assert "城乡居民基本养老保险参保登记" in read(client, "service_take")
    page = read(client, "service_take", offer=offer.pk)
    assert "2018-04-03" in page  # promised within a working day
    form = {"offer": offer.pk, "came": "self", "received": PAPERS[PENSION], "key": "k-1"} | WHO
    refused = sent(client, "service_take", status=422, **form | {"received": ["identity_card"]}).content.decode()
    assert "还缺材料：户口簿" in refused
    assert f'value="{NAME}"' in refused  # nothing typed is lost
    bare = sent(client, "service_take", status=422, offer=offer.pk, came="self", key="k-0").content.decode()
    for fault in ("还缺材料：居民身份证、户口簿", "“申请人姓名”必须填写", "“申请人电话”必须填写"):
        assert bare.count(fault) == 1, fault  # beside its field, none above
    first = sent(client, "service_take", **form)
    assert sent(client, "service_take", **form).url == first.url  # sent twice, taken once
    request = Request.objects.get()
    # The slip is the next step now; afterwards the request's own is.
    assert '<button class="btn btn--primary" type="submit">打印受理单' in client.get(first.url).content.decode()
    assert '<button class="btn" type="submit">打印受理单' in read(client, "service_request", request.pk)
    page = read(client, "service_request", request.pk)
    assert request.matter_number in page
    assert NAME not in page
    code = code_of(request.pk)
    assert code not in page
    slip = sent(client, "service_slip", request.pk, status=200)
    pages = pdf_pages(slip.content)
    text = "".join(pages)
    assert (len(pages), text.count(code), text.count("受理单")) == (1, 1, 2)  # the office's stub has no code on it
    assert NAME not in text
    assert PHONE not in text
    assert "本人银行账户复印件" in text
    assert Entry.objects.filter(action="services.print_slip", actor_id=desk.agent.pk).count() == 1
    sent(client_of(desk.secretary), "service_slip", request.pk, status=403)


def test_what_follows_is_noted_on_its_page(desk: SimpleNamespace) -> None:
    request, client = taken(desk), client_of(desk.agent)
    assert "待补交" in read(client, "service_request", request.pk)
    sent(client, "service_materials", request.pk, version=request.version, received=["bank_account"])
    assert "待补交" not in read(client, "service_request", request.pk)


def test_a_bundle_is_taken_on_one_form(desk: SimpleNamespace) -> None:
    client = client_of(desk.agent)
    offered(desk, LOAN)
    assert "没有能一起办的办理点" in read(client, "service_take_bundle", "services.startup")
    for code in ("opening_subsidy", "startup_training"):
        offered(desk, f"services.{code}")
    page = read(client, "service_take_bundle", "services.startup")  # the one place where it is taken: nothing to choose
    assert f'name="place" value="{desk.hub.code}"' in page
    assert page.count('value="identity_card"') == 1  # asked for once
    form = {"place": desk.hub.code, "came": "self", "key": "k-2", "items": ["startup_training"]} | WHO
    sent(client, "service_take_bundle", "services.startup", status=422, **form | {"items": []})
    sent(client, "service_take_bundle", "services.startup", **form, received=["identity_card", "business_licence"])
    whole = Request.objects.get(item="")
    assert "创业培训报名" in read(client, "service_request", whole.pk)
    part = step(desk.agent, whole.parts.get(), "do", result="已报名")
    followed = read(Client(), "portal_follow", code_of(whole.pk))
    assert reverse("portal_follow", args=[code_of(part.pk)]) in followed
    assert "总体评价" not in followed  # each part is rated by itself
    assert "总体评价" in read(Client(), "portal_follow", code_of(part.pk))
    read(client, "service_take_bundle", "services.none", status=404)


def test_the_list_is_filtered_and_leaves_as_excel(desk: SimpleNamespace) -> None:
    late, going = taken(desk), taken(desk, LOAN)
    client = client_of(desk.window)
    from tests.matters.conftest import at

    with at("2018-04-12"):
        text = read(client, "service_requests", state="late")
    assert late.matter_number in text
    assert going.matter_number not in text
    text = read(client, "service_requests", item=LOAN, place=desk.land.town.code, since="2018-04-02")
    assert going.matter_number in text
    assert late.matter_number not in text
    read(client, "service_requests", state="lost", status=422)
    book = load_workbook(io.BytesIO(client.get(reverse("service_requests_export")).content))
    cells = {cell.value for row in book.active.iter_rows() for cell in row}
    assert {late.matter_number, going.matter_number} <= cells
    assert not {NAME, PHONE} & cells
    assert client_of(desk.secretary).get(reverse("service_requests_export")).status_code == 403
    assert late.matter_number not in read(client_of(desk.other_secretary), "service_requests")


def test_ratings_show_one_by_one_to_supervisors_alone(desk: SimpleNamespace) -> None:
    request = done(desk)
    actions.rate_by_code(code=code_of(request.pk), level="dissatisfied", words="跑了两趟")
    rating = Rating.objects.get()
    text = read(client_of(desk.supervisor), "service_ratings", low="1")
    assert "跑了两趟" in text
    assert rating.correction_number in read(client_of(desk.supervisor), "service_request", request.pk)
    for account in (desk.agent, desk.window, desk.secretary, desk.town_office):
        client = client_of(account)
        assert "评价还不多" in read(client, "service_ratings")
        page = read(client, "service_request", request.pk)
        assert "不满意" not in page
        assert "跑了两趟" not in page
        assert not Matter.objects.visible_to(account).filter(number=rating.correction_number).exists()
    export = client_of(desk.supervisor).get(reverse("service_ratings_export"))
    cells = {cell.value for row in load_workbook(io.BytesIO(export.content)).active.iter_rows() for cell in row}
    assert {"不满意", "跑了两趟"} <= cells


def test_paper_is_entered_on_the_page_of_the_request(desk: SimpleNamespace) -> None:
    request, client = done(desk), client_of(desk.supervisor)
    assert "录入纸质评价" in read(client, "service_request", request.pk)
    sent(client, "service_rate", request.pk, status=422, level="")
    sent(client, "service_rate", request.pk, level="satisfied", **{"aspect-attitude": "very_satisfied"})
    page = read(client, "service_request", request.pk)
    assert "纸质录入" in page
    assert "录入纸质评价" not in page
    sent(client, "service_rate", request.pk, status=409, level="very_satisfied")


def test_a_place_has_its_services(desk: SimpleNamespace) -> None:
    request = taken(desk)
    text = read(client_of(desk.secretary), "place", desk.land.village.code, tab="services")
    assert request.matter_number in text
    assert "周一至周五" in text
    text = read(client_of(desk.secretary), "place", desk.land.other_village.code, tab="services", status=404)
    assert request.matter_number not in text


@pytest.mark.django_db
def test_the_portal_needs_no_account_and_tells_nothing_personal(desk: SimpleNamespace) -> None:
    offered(desk)
    offered(desk, TOLD)
    public = Client()
    assert "寨卜昌村党群服务中心" in read(public, "portal", q="寨卜昌")
    assert "没有找到" in read(public, "portal", q="天边")
    site = read(public, "portal_site", desk.hub.code)
    for told in ("惠农补贴政策和标准", "今天办", "暂不公布"):
        assert told in site
    assert "居民身份证" in read(public, "portal_guide", desk.hub.code, PENSION)
    read(public, "portal_site", desk.land.village.code, status=404)
    read(public, "portal_guide", desk.hub.code, LOAN, status=404)
    request = taken(desk)
    followed = read(public, "portal_follow", code_of(request.pk))
    assert "已受理" in followed
    for hidden in (NAME, PHONE, desk.agent.title, "1*********0"):
        assert hidden not in followed
    answer = public.get(reverse("portal_follow", args=[code_of(request.pk)]))
    assert (answer["Referrer-Policy"], answer["X-Robots-Tag"]) == ("same-origin", "noindex")
    assert "no-store" in answer["Cache-Control"]


def test_a_code_is_typed_followed_and_rated(desk: SimpleNamespace) -> None:
    request, public = done(desk), Client()
    code = code_of(request.pk)
    assert "这不是查询码" in sent(public, "portal_enter", status=422, code="abc").content.decode()
    led = sent(public, "portal_enter", code=code.lower())
    assert led.url == reverse("portal_follow", args=[code.replace("-", "")])
    assert "非常满意、满意" in sent(public, "portal_rate", code, status=422, level="superb").content.decode()
    sent(public, "portal_rate", code, level="basically_satisfied", words="还行", **{"aspect-efficiency": "satisfied"})
    assert Rating.objects.get().words == "还行"
    again = read(public, "portal_follow", code)
    assert re.search(r'value="basically_satisfied" checked', again)
    sent(public, "portal_rate", code, level="dissatisfied")
    assert "以前回访" in read(public, "portal_follow", code)


def test_too_many_codes_from_one_address_are_refused(desk: SimpleNamespace) -> None:
    public = Client()
    answers = [public.post(reverse("portal_enter"), {"code": "x"}).status_code for _ in range(61)]
    assert set(answers[:60]) == {422}
    assert answers[60] == 429
    other = Client(REMOTE_ADDR="198.51.100.9")
    assert other.post(reverse("portal_enter"), {"code": "x"}).status_code == 422


def test_a_correction_is_told_to_whoever_asked_when_it_is_done(desk: SimpleNamespace) -> None:
    from huoshui.matters.actions import advance
    from tests.services.test_rate import CALLED, HANDLED

    request = step(desk.agent, taken(desk), "do", result="已登记")
    actions.rate_by_code(code=code_of(request.pk), level="very_dissatisfied")
    matter = Matter.objects.get(kind="services.correction")
    assert matter.place == desk.land.district
    matter = advance(by=desk.supervisor, matter=matter, transition="look_into", values=HANDLED)
    matter = advance(by=desk.supervisor, matter=matter, transition="call_back", values=CALLED)
    advance(by=desk.verifier, matter=matter, transition="verify")
    assert "2018-04-02 整改办结" in read(Client(), "portal_follow", code_of(request.pk))


def test_the_matter_tells_of_one_promise_and_where_it_comes_from(desk: SimpleNamespace) -> None:
    request, client = taken(desk), client_of(desk.agent)
    page = read(client, "matter", request.matter_number)
    assert "<dt>承诺期限</dt>" in page
    assert "（规定）" not in page  # the promised day is the one that counts
    assert page.count("受理服务申请") == 1
    assert "由服务申请立项" not in page  # the story tells of it once
    assert f'href="{reverse("service_request", args=[request.pk])}"' in page


def test_a_correction_leads_to_what_was_rated(desk: SimpleNamespace) -> None:
    request = done(desk)
    actions.rate_by_code(code=code_of(request.pk), level="very_dissatisfied", words="跑了三趟")
    rating = Rating.objects.get()
    page = read(client_of(desk.supervisor), "matter", rating.correction_number)
    assert f'href="{reverse("service_request", args=[request.pk])}"' in page


def test_requests_of_one_item_are_not_taken_for_each_other(desk: SimpleNamespace) -> None:
    first, second = taken(desk), taken(desk)
    assert first.matter_number not in read(client_of(desk.agent), "matter_alike_to", second.matter_number)
