"""Every action that journals, once at least: what the pages that tell the journal are held against."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from huoshui.commands.archive import Manifest
from huoshui.commands.restoring import record_restore
from huoshui.console import actions as console
from huoshui.documents.actions import ask_batch, issue
from huoshui.documents.queries import kinds
from huoshui.documents.standard import standard_template
from huoshui.documents.tasks import issue_batch
from huoshui.documents.templates import replace_template as replace_document_template
from huoshui.duties import actions as duties
from huoshui.duties.queries import system_account
from huoshui.exchange.actions import set_codes
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.matters import actions as matters
from huoshui.matters.letters.actions import issue_letter, reply_to_letter
from huoshui.matters.letters.templates import replace_template
from huoshui.matters.models import ClockRun, Matter
from huoshui.matters.money import actions as lines
from huoshui.media.actions import attach_file, remove_attachment, reuse_attachment, set_caption
from huoshui.notices import channels
from huoshui.notices.confirming import code_of
from huoshui.notices.models import Message
from huoshui.packs.actions import load_pack, publish_edited
from huoshui.packs.queries import current
from huoshui.places import actions as places
from huoshui.places.changes.actions import undo_change
from huoshui.places.honours import record_honour, withdraw_honour
from huoshui.places.imports import import_places
from huoshui.places.models import Place
from huoshui.publications.actions import explain, keep_check
from huoshui.reports.letters import TEMPLATE
from huoshui.schedules import actions as schedules
from huoshui.subsidies import actions as subsidies
from huoshui.vault import erasures
from huoshui.vault.actions import erase_again, erase_due, reveal
from huoshui.visits import actions as visits
from huoshui.visits import queries
from huoshui.visits.tasks import analyse_fairness
from huoshui.webhooks import actions as webhooks
from huoshui.webhooks.models import Telling
from tests.matters.conftest import at, claim, close, photo, submit
from tests.matters.test_personal_fields import KIND, PHONE, to_the_end, written
from tests.packs.drafts import play_drafts
from tests.places.changing import NEW, OTHER_NEW, divided, merged, moved
from tests.visits.staging import GOOD, Stage, write_pack
from tests.web.journal_accreditation import play_accreditation, play_survey
from tests.web.journal_activities import play_activities
from tests.web.journal_figures import play_figures
from tests.web.journal_forms import play_forms
from tests.web.journal_people import play_people, play_standing_in
from tests.web.journal_safety import play_safety
from tests.web.journal_services import play_services

SHEET = """\
代码,名称,种类,上级
410871203204,司家寨村村民委员会,行政村,410871203
410871203203,东寺河村民委员会,行政村,410871203
"""
"""A new village, and another name for one that is there."""
OUTLINE = {"type": "Polygon", "coordinates": [[[113.2, 35.2], [113.3, 35.2], [113.3, 35.3], [113.2, 35.2]]]}


def play(cast: SimpleNamespace, folder: Path) -> None:
    """The whole scenario."""
    play_safety(cast)
    _packs(folder)
    play_accreditation(cast)
    play_survey(cast, folder / "toilets")
    play_people(cast)
    _channels(cast)
    _webhooks(cast)
    _analysis(cast)
    _places(cast)
    _matters(cast)
    _views(cast)
    _personal(cast)
    play_activities(cast)
    _documents(cast)
    _changes(cast)
    _publications(cast)
    _round(Stage(cast))
    play_figures(cast)
    _schedules(cast)
    manifest = Manifest.__new__(Manifest)
    vars(manifest).update(made_at="2018-04-01T22:00:00+00:00", sealed=120, last_hash="0" * 64)
    record_restore(manifest=manifest, lost_entries=3)
    play_standing_in(cast)
    play_forms(cast)
    play_services(cast)


def _schedules(cast: SimpleNamespace) -> None:
    """A plan that is begun, excused from and taken back, made due, reminded of, and ended."""
    by, day = cast.district_office, dt.date(2018, 2, 1)
    wanted = schedules.wanted(
        section="checklists", of="hubs.three_withouts", name="三无排查", place_kinds=["village"],
        rule="FREQ=MONTHLY;BYMONTHDAY=-1",
    )  # fmt: skip
    plan = schedules.begin_plan(by=by, place=cast.land.district, wanted=wanted, begins_on=day)
    march = plan.occasions.filter(place=cast.land.village).earliest("due_on")
    schedules.excuse(by=cast.town_office, occasion=march, why="汛期封路")
    schedules.withdraw_excuse(by=cast.town_office, occasion=march, why="路已通")
    with clock.set_to(clock.local_moment(dt.date(2018, 5, 30), 12)):
        schedules.tick()
        schedules.end_plan(by=by, plan=plan, until=dt.date(2018, 6, 1), why="改由乡镇安排")


def _packs(folder: Path) -> None:
    (folder / "trial").mkdir()
    (folder / "calls").mkdir()
    load_pack(by=system_account(), folder=write_pack(folder / "trial"))
    load_pack(by=system_account(), folder=written(folder / "calls"))
    role = {"code": "call_back", "name": {"zh": "回访员", "en": "Caller"}, "permissions": ["personal.reveal"]}
    publish_edited(by=system_account(), pack="calls", section="roles", definition=role, seen_version_number="1.0.0")
    play_drafts(system_account(), "calls")


def _channels(cast: SimpleNamespace) -> None:
    by = cast.secretary
    channel = channels.add_channel(by=by, kind="robot", address="wecombot://0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")
    channels.send_code(by=by, channel=channel)
    channel.refresh_from_db()
    channels.confirm_channel(by=by, channel=channel, code=code_of(channel))
    channels.choose_ways(by=by, channel=channel, ways={"progress": "digest", "overdue": "always"})
    quiet = {"quiet_from": dt.time(20), "quiet_until": dt.time(6, 30)}
    channels.set_hours(by=by, digest_at=dt.time(9, 15), working_days_only=True, **quiet)
    channels.retry(by=by, message=Message.objects.create(channel=channel, state=Message.State.FAILED))
    channels.remove_channel(by=by, channel=channel)


def _analysis(cast: SimpleNamespace) -> None:
    by = cast.auditor
    console.ask(by=by, sql="select count(*) from matters")
    with contextlib.suppress(Refusal):
        console.ask(by=by, sql="select password from duties_account")
    row = console.save_query(by=by, name="事项数", sql="select count(*) from matters", shared=True)
    console.remove_query(by=by, query=row)
    set_codes(by=cast.administrator, system="dhis2", indicators="", places="410871,DiszpKrYNg8")


def _webhooks(cast: SimpleNamespace) -> None:
    by, address = cast.administrator, "https://198.51.100.7/hook"
    public = [(2, 1, 6, "", ("93.184.215.14", 443))]
    with mock.patch("socket.getaddrinfo", return_value=public):
        webhook, _secret = webhooks.set_up(by=by, name="区一体化平台", url=address, events=["matters.*", "places.open"])
        webhook = webhooks.change(by=by, webhook=webhook, name="区平台", url=address, events=["matters.*"])
    webhooks.rotate_secret(by=by, webhook=webhook)
    telling = webhooks.send_test(by=by, webhook=webhook)
    Telling.objects.update(state=Telling.State.FAILED)
    webhooks.resend(by=by, telling=telling)
    webhooks.give_up(webhook=webhook, code="webhook.refused", params={"status": 503})
    webhooks.turn(by=by, webhook=webhook, on=True)
    webhooks.remove(by=by, webhook=webhook)


def _places(cast: SimpleNamespace) -> None:
    by, land = cast.administrator, cast.land
    hub = places.open_site(
        by=by, kind="hub", name="寨卜昌村党群服务中心", parent=land.village,
        attributes={"floor_area": "320", "plaza": "是", "brand": "红色邻里"},
    )  # fmt: skip
    places.amend_attributes(by=by, place=hub, attributes={"floor_area": "355.5", "plaza": "否", "brand": ""})
    places.locate_place(by=by, place=hub, latitude=35_200_000, longitude=113_200_000, outline=OUTLINE)
    places.rename_place(by=by, place=hub, name="寨卜昌村新时代文明实践站")
    honour = record_honour(by=by, place=land.village, name="文明村", level="provincial", year=2016)
    withdraw_honour(by=by, honour=honour, reason="复查未通过")
    report = import_places(by=by, data=SHEET.encode(), name="places.csv")
    assert report.ok, report.problems
    places.close_place(by=by, place=hub)


def _publications(cast: SimpleNamespace) -> None:
    text = "2017年，全区行政村总数为99个。"
    check = keep_check(
        by=cast.leader, data=text.encode(), name="年报", place=cast.land.district, day=dt.date(2018, 3, 28)
    )
    explain(by=cast.leader, number=check.numbers.get(printed="99个"), reason="含自然村")


def _changes(cast: SimpleNamespace) -> None:
    """Two villages are merged into a new one, that one is split; then both are taken back."""
    by, land = cast.administrator, cast.land
    matter = matters.open_matter(
        by=cast.other_town_office, kind="rectification.item", place=land.other_village, title="村道破损"
    )
    done = [moved(by, land.other_village, land.town, dt.date(2018, 3, 1))]
    sources = [Place.objects.get(pk=village.pk) for village in (land.other_village, land.other_village2)]
    done.append(merged(by, sources, NEW, dt.date(2018, 3, 12), basis="区政〔2018〕5号"))
    new = Place.objects.get(code=NEW.code)
    done.append(divided(by, new, new, OTHER_NEW, since=dt.date(2018, 3, 20), everything=OTHER_NEW.code))
    for change in reversed(done):
        undo_change(by=by, change=change, reason="文件撤销")
    matter.refresh_from_db()
    assert matter.place == land.other_village


def _matters(cast: SimpleNamespace) -> None:
    land = cast.land

    def opened(title: str, **options: Any) -> Matter:
        given = {"kind": "rectification.item", "place": land.village, "title": title} | options
        return matters.open_matter(by=cast.town_office, **given)

    first = close(opened("会议记录不全", severity="serious", detail="缺两个月"), cast.secretary, cast.verifier)
    matters.advance(by=cast.verifier, matter=first, transition="reopen", note="群众反映又乱了")
    second = claim(opened("栏杆松动"), cast.secretary)
    matters.edit_fields(by=cast.secretary, matter=second, values={"progress": "已约工匠", "deadline": "2018-04-19"})
    matters.assign(by=cast.town_office, matter=opened("路灯不亮"), owner=cast.village_lead)
    double = opened("栏杆又松动")
    matters.advance(
        by=cast.town_office, matter=double, transition="mark_duplicate", values={"duplicate_of": second.number}
    )
    for other, step in ((opened("水渠堵塞"), "decline"), (opened("无场地"), "declare_not_resolvable")):
        values = {"where_else": "区水利局"} if step == "decline" else {}
        matters.advance(by=cast.town_office, matter=other, transition=step, values=values, note="已核实")
    late = claim(opened("垃圾未清"), cast.secretary)
    with at("2018-05-02"):
        matters.climb_ladder(by=system_account(), matter=late, today=dt.date(2018, 5, 2))
    ClockRun.objects.filter(matter=late).update(provisional=True, limit_on=dt.date(2018, 4, 25))
    matters.recompute_due(by=system_account(), matter=late)
    _letter(cast, late)
    _work(cast)
    _photos(cast, opened("宣传栏破损"))
    part = opened("栏杆一楼", parent=second)
    matters.put_under(by=cast.town_office, matter=part, parent=None)
    double = Matter.objects.get(pk=double.pk)
    matters.advance(by=cast.verifier, matter=double, transition="reopen", note="不是一处")
    slow = claim(opened("等材料"), cast.secretary)
    matters.ask_extension(by=cast.secretary, matter=slow, until=dt.date(2018, 5, 4), reason="材料晚到")
    matters.decide_extension(by=cast.town_office, matter=slow, granted=True)
    several = opened("两处", detail="墙皮脱落\n门锁坏了")
    into = [{"title": "墙皮脱落", "findings": [1]}, {"title": "门锁坏了", "findings": [2]}]
    several = matters.advance(
        by=cast.town_office, matter=several, transition="split", values={"into": into}, note="分两家修"
    )
    matters.rejoin(by=cast.town_office, matter=several)
    opened("井盖松动", owner=cast.village_lead)
    duties.end_duty(by=cast.administrator, duty=cast.village_lead.duties.get(), successor=cast.secretary)


def _letter(cast: SimpleNamespace, matter: Matter) -> None:
    replace_template(by=system_account(), place=cast.land.town, name="督办函模板", data=TEMPLATE.read_bytes())
    letter = issue_letter(
        by=cast.town_office,
        matters=[matter],
        demand="三日内清运",
        until=dt.date(2018, 5, 9),
        signer="张某",
        copies="区纪检组",
    )
    reply_to_letter(by=cast.secretary, letter=letter, reply="已清运")


def _documents(cast: SimpleNamespace) -> None:
    """A template of a town's own, a document issued twice, and a batch that the worker ends."""
    kind = "documents.village_profile"
    data = standard_template(kinds()[kind])
    replace_document_template(by=system_account(), kind=kind, place=cast.land.town, name="一村一页模板", data=data)
    asked = {"by": cast.town_office, "kind": "documents.year_review", "place": cast.land.town, "period": "2017"}
    issue(**asked)
    issue(**asked, organ="苏家作乡党委", reason="更正发文机关")
    batch = ask_batch(by=cast.town_office, kind=kind, place=cast.land.village, period="2017")
    issue_batch.call(str(batch.pk))


def _work(cast: SimpleNamespace) -> None:
    """A new hub, whose fields are money and areas."""
    work = matters.open_matter(
        by=cast.town_office,
        kind="hubs.construction",
        place=cast.land.village2,
        title="新建阵地",
        values={"budget": "120000"},
    )
    work = matters.advance(by=cast.district_office, matter=work, transition="approve", values={"budget": "118000.50"})
    values = {"planned_end": "2018-08-01"}
    work = matters.advance(by=cast.secretary2, matter=work, transition="start", values=values)
    lines.write_line(
        by=cast.town_office, matter=work, type="budget", amount="11.8万", day="2018-04-01", payer="区财政局",
        voucher="财预〔2018〕9号",
    )  # fmt: skip
    photos = {"subject": work, "place": work.place, "slot": "after", "data": photo(), "name": "a.jpg", "caption": ""}
    attach_file(by=cast.secretary2, **photos)
    done = {"floor_area": "320", "cost": "118000", "completed_on": "2018-04-02"}
    work = matters.advance(by=cast.secretary2, matter=work, transition="submit", values=done)
    _subsidy(cast, matters.advance(by=cast.verifier, matter=work, transition="accept"))


def _subsidy(cast: SimpleNamespace, work: Matter) -> None:
    """The subsidy of a new hub: accepted, applied for, approved, paid; and what is undone of it."""
    office, today = cast.district_office, clock.today()
    subsidies.allocate(
        by=cast.finance, scheme="hubs.hub_award", place=cast.land.district, year=2018, amount="500万", day=today,
        document="财预〔2018〕12号",
    )  # fmt: skip
    wrong = lines.write_line(by=cast.verifier, matter=work, type="accepted", amount="11.8", day=today)
    lines.reverse_line(by=cast.verifier, line=wrong, reason="少写了一个万字")
    lines.write_line(by=cast.verifier, matter=work, type="accepted", amount="11.8万", day=today)
    first = subsidies.apply(by=cast.secretary2, matter=work)
    subsidies.end_claim(by=office, claim=first, step="decline", reason="材料不全")
    subsidies.approve(by=office, claim=subsidies.apply(by=cast.secretary2, matter=work, note="材料补齐"))
    for ending in ("withdraw", "confirm"):
        order = lines.order_payment(by=office, matter=work, type="subsidy_paid", amount="5万", payer="区财政局")
        if ending == "withdraw":
            lines.withdraw_order(by=office, order=order, reason="账号有误")
        else:
            lines.confirm_payment(by=cast.finance, order=order, day=today, voucher="支-018")


def _photos(cast: SimpleNamespace, matter: Matter) -> None:
    by, place = cast.secretary, matter.place
    shown = attach_file(by=by, subject=matter, place=place, slot="before", data=photo(), name="a.jpg", caption="前")
    other = matters.open_matter(by=cast.town_office, kind="rectification.item", place=place, title="宣传栏又破")
    reuse_attachment(by=by, attachment=shown, subject=other, place=place, slot="before")
    set_caption(by=by, attachment=shown, caption="整改前的门前")
    remove_attachment(by=by, attachment=shown)


def _views(cast: SimpleNamespace) -> None:
    by = cast.town_office
    view = matters.save_view(by=by, name="待认领的", query="state=to_claim&sort=-due", shared=True)
    matters.change_view(by=by, view=view, name="待认领", shared=True)
    matters.delete_view(by=by, view=view)


def _personal(cast: SimpleNamespace) -> None:
    call = matters.open_matter(
        by=cast.town_office, kind=KIND, place=cast.land.village, title="门前路灯不亮", values={"phone": PHONE}
    )
    reveal(by=cast.assessor, record=call, place=call.place, code="phone", reason="回访", pack=call.pack)
    other = matters.open_matter(
        by=cast.town_office, kind=KIND, place=cast.land.village, title="巷口积水", values={"phone": PHONE}
    )
    again = erasures.Erasure(other._meta.label_lower, str(other.pk), "", clock.now().isoformat())
    erase_again(by=system_account(), erased=[again], since=clock.now() - dt.timedelta(hours=1))
    to_the_end(call, cast)
    erase_due(by=system_account(), today=clock.today() + dt.timedelta(days=60))


def _round(stage: Stage) -> None:
    cast, land, lead = stage.cast, stage.land, stage.lead
    definition = copy.deepcopy(queries.checklist_source(current("trial"), "trial"))
    assert definition is not None
    spare = stage.planned(missing="zero")
    definition["name"] = {"zh": "试评细则（修订）", "en": "Trial checklist, revised"}
    visits.edit_checklist(by=lead, pack="trial", definition=definition, seen_number="1.0.0")
    visits.amend_round(by=lead, round=spare, rules={"missing": "rescale", "quorum": 2})
    visits.set_places(
        by=lead, round=spare, places=[land.village2, land.village], visit_on={land.village.pk: dt.date(2018, 4, 3)}
    )
    visits.dismiss_judge(by=lead, judge=spare.judges.get(number=2), reason="出差")
    toured = stage.toured(together="寨卜昌村、苏家作村")
    visits.move_stop(by=lead, round=toured, place=land.village3, day=2, team=1, position=1)
    visits.move_stop(by=lead, round=toured, place=land.village, day=None, team=None)
    visits.adopt_tour(by=lead, round=toured)
    visits.keep_distances(by=lead, round=toured, data="起点,终点,分钟\n寨卜昌村,苏家作村,7".encode(), name="里程.csv")
    visits.withdraw_round(by=lead, round=stage.planned(), reason="重复筹备")
    round = stage.opened()
    visit = stage.submitted(round, 1)
    visits.submit_visit(by=cast.judges[0], visit=visits.take_back_visit(by=cast.judges[0], visit=visit))
    late = stage.sheet(round, 3, land.village2)
    stage.submitted(round, 3, land.village)
    stage.submitted(round, 3, land.other_village)
    for place in (land.village, land.village2, land.other_village):
        for judge in (1, 2):
            if (place, judge) != (land.village, 1):
                stage.submitted(round, judge, place, meetings=6 if place == land.village2 else 0)
    round = visits.lock_round(by=lead, round=round)
    late = visits.submit_visit(by=cast.judges[2], visit=late)
    visits.admit_late_visit(by=lead, visit=late, reason="网络中断")
    given = {"by": cast.tally_clerk, "round": round, "place": land.village, "code": "honour", "reason": "市级表彰"}
    visits.withdraw_adjustment(
        by=cast.tally_clerk, adjustment=visits.record_adjustment(points="1.5", **given), reason="重复计入"
    )
    visits.compute_round(by=cast.tally_clerk, round=round)
    visits.withdraw_results(by=lead, round=round, reason="漏计一份")
    visits.compute_round(by=cast.tally_clerk, round=round)
    analyse_fairness.call(str(visits.ask_fairness(by=lead, round=round).pk))
    for role in ("leader", "scrutineer", "tally_clerk"):
        visits.sign_round(by=getattr(cast, role), round=round, role=role)
    round = visits.seal_round(by=lead, round=round)
    result = round.results.get(place=land.village)
    visits.correct_result(by=lead, result=result, total="18.5", reason="核对有误")
    survey = visits.start_visit(by=cast.assessor, place=land.village, checklist="trial.trial")
    visits.save_answers(by=cast.assessor, visit=survey, answers=GOOD)
    submit_again = Matter.objects.filter(source_id=round.pk).first()
    assert submit_again is not None, "the village that failed its meetings has a matter"
    submit(submit_again, cast.secretary2)
