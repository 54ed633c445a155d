"""The demo district: what it holds, and that it comes out the same every time."""

from __future__ import annotations

import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator

import docx
import pytest
from django.db.models import Q
from django.test import Client
from django.urls import reverse
from docx.opc.constants import RELATIONSHIP_TYPE
from openpyxl import load_workbook

from huoshui.demo.accounts import BOTH_VILLAGE, DEMO_ACCOUNTS, DEMO_PASSWORD
from huoshui.demo.load import FIRST_AS_OF, load_demo
from huoshui.documents.models import Edition
from huoshui.duties.models import Account, Duty
from huoshui.figures.queries import figure, get_indicator
from huoshui.kernel import clock
from huoshui.kernel.errors import Refusal
from huoshui.kernel.journal import verify
from huoshui.kernel.models import Entry
from huoshui.kernel.periods import period
from huoshui.matters.ledger_export import ledger_workbook
from huoshui.matters.letters.models import Letter
from huoshui.matters.models import LadderMark, Matter, MatterValue, MoneyLine, PaymentOrder
from huoshui.matters.money.queries import LineFilter, sums_by_kind
from huoshui.media.queries import attachments_of_all
from huoshui.packs.queries import current_definition
from huoshui.places.models import Place
from huoshui.places.queries import attributes_on, place_on, present_attributes
from huoshui.reports.round_results import results_workbook
from huoshui.subsidies.models import Pot
from huoshui.subsidies.queries import with_paid
from huoshui.visits.models import Judge, Result, Round, Visit
from huoshui.visits.queries import comparison, ranking
from huoshui.visits.queries.tour import tour_of
from tests.browser.server import OF_2017, demo_of_today
from tests.demo.conftest import ADDRESS, AS_OF, Loaded
from tests.demo.digest import digest

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def on_the_day(demo: Loaded, _fixed_clock: None) -> Iterator[None]:
    with clock.set_to(clock.local_moment(AS_OF, 10)):
        yield


def round_2017() -> Round:
    return Round.objects.get(opens_on__year=2017, opens_on__month=10)


def pilot() -> Round:
    return Round.objects.get(opens_on__year=2017, opens_on__month=4)


def test_places_are_the_real_ones() -> None:
    kinds = Counter(Place.objects.values_list("kind", flat=True))
    assert kinds["village"] == 104
    assert kinds["community"] == 4
    assert kinds["town"] + kinds["township"] + kinds["subdistrict"] == 6
    assert kinds["hub"] == 104  # four villages have none: the three withouts


def test_eight_management_areas_lie_between_a_subdistrict_and_its_villages_since_2018() -> None:
    areas = Place.objects.filter(kind="management_area").order_by("code")
    villages = [village for area in areas for village in area.children.filter(kind="village")]
    assert (len(areas), len(villages)) == (8, 36)
    assert {area.parent.short_name for area in areas} == {"文昌街道"}
    before, after = (place_on(villages[0], day).parent for day in (dt.date(2018, 3, 4), dt.date(2018, 3, 5)))
    assert (before and before.short_name, after) == ("文昌街道", areas[0])
    hubs = Place.objects.filter(kind="hub", parent__in=villages)
    assert hubs
    assert all(hub.path.startswith(hub.parent.path) for hub in hubs)


def test_a_village_below_a_management_area_counts_for_its_town() -> None:
    ranked = ranking(round_2017(), Account.objects.get(username="leader"))
    towns = Counter(row.town.short_name for row in ranked if row.town)
    assert len(towns) == 6
    assert towns["文昌街道"] == 36


def test_grids_lie_below_villages_and_one_has_a_worker() -> None:
    grids = Place.objects.filter(kind="grid")
    assert len(grids) == 33
    assert {grid.parent.kind for grid in grids} == {"village"}
    worker = Account.objects.get(username="grid-worker")
    assert [duty.place.parent.short_name for duty in Duty.objects.filter(account=worker)] == ["寨卜昌村"]


def test_hub_works_of_2017_add_up_to_the_published_figures() -> None:
    for kind, count, fen in (("hubs.construction", 10, 120_000_000), ("hubs.upgrade", 48, 96_000_000)):
        accepted = Matter.objects.filter(kind=kind, state="accepted", closed_on__year=2017)
        costs = MatterValue.objects.filter(matter__in=accepted, code="cost").values_list("number", flat=True)
        assert accepted.count() == count
        assert sum(cost or 0 for cost in costs) == fen


def test_money_of_2017_and_the_fund_of_2018_are_sums_of_lines() -> None:
    leader = Account.objects.get(username="leader")
    sums = {
        (kind.code, part.code): (part.fen, part.lines)
        for kind in sums_by_kind(leader, LineFilter(year=2017))
        for part in kind.sums
    }
    assert sums["hubs.construction", "paid"] == (120_000_000, 10)
    assert sums["hubs.upgrade", "paid"] == (96_000_000, 48)
    pot = Pot.objects.get(year=2018)
    assert pot.amount == sum(pot.allocations.values_list("amount", flat=True)) == 500_000_000
    (row,) = with_paid([pot])
    assert 0 < row.paid < pot.approved < pot.amount
    assert set(pot.claims.values_list("state", flat=True)) == {"applied", "approved"}
    assert PaymentOrder.objects.filter(state="ordered").exists()
    vouchers = attachments_of_all(
        "matters.moneyline", MoneyLine.objects.filter(type="paid").values_list("pk", flat=True)
    )
    assert vouchers.count() == 58


def test_hubs_of_ningguo_meet_the_standard() -> None:
    for hub in Place.objects.filter(kind="hub", code__startswith="410871101"):
        values = present_attributes(hub)
        assert values["floor_area"] >= 300_00
        assert values["plaza_area"] >= 1500_00
        assert values["function_rooms"] >= 6


def test_an_upgrade_keeps_what_was_before() -> None:
    hub = Place.objects.get(kind="hub", parent__code="410871203201")
    then = attributes_on(hub, dt.date(2017, 1, 31))
    assert then["floor_area"] < present_attributes(hub)["floor_area"]


def test_round_of_2017_is_sealed_by_three_different_signers() -> None:
    sealed = round_2017()
    assert sealed.state == Round.State.SEALED
    assert clock.local_date(sealed.sealed_at).year == 2017
    villages = Result.objects.filter(round=sealed, place__kind="village")
    assert villages.count() == 104
    assert villages.order_by("judges").first().judges >= 3
    assert len(set(sealed.signatures.values_list("account", flat=True))) == 3
    assert len(set(villages.values_list("total", flat=True))) > 60


def test_findings_of_2017_ended_in_every_way() -> None:
    found = Matter.objects.filter(source_id=round_2017().pk)
    assert found.count() > 80
    assert not found.going().exists()
    assert set(found.values_list("close_reason", flat=True)) == {"resolved", "not_ours", "not_resolvable", "duplicate"}
    taken = Counter(found.values_list("steps__transition", flat=True))
    assert taken["return"] > 5
    assert taken["reopen"] > 1
    assert all(found.values_list("detail", flat=True))


def test_villages_of_the_trial_round_are_held_against_it_in_autumn() -> None:
    assert pilot().state == Round.State.SEALED
    assert not Matter.objects.filter(source_id=pilot().pk).going().exists()
    found = comparison(round_2017(), Account.objects.get(username="review"))
    compared = [row for row in found.rows if row.last]
    assert {row.row.place.pk for row in compared} == set(pilot().places.values_list("place", flat=True))
    assert [basis.round for basis in found.bases] == [pilot()]
    assert all(row.change is not None and row.better for row in compared)


def test_running_round_is_half_done_and_leaves_sujiazuo_alone() -> None:
    running = Round.objects.get(state=Round.State.OPEN)
    assert (running.state, running.opens_on, running.closes_on) == (
        Round.State.OPEN, AS_OF - dt.timedelta(days=10), AS_OF + dt.timedelta(days=10),
    )  # fmt: skip
    states = Counter(Visit.objects.filter(round=running).values_list("state", flat=True))
    expected = running.places.count() * Judge.objects.filter(round=running).count()
    assert 0.4 < states["submitted"] / expected < 0.6
    assert states["draft"] >= 5
    assert not running.places.filter(place__code__startswith="410871203").exists()


def test_ledger_has_every_state_and_light() -> None:
    _, kind = current_definition("matters", "rectification.item")
    now = Matter.objects.filter(kind="rectification.item").exclude(opened_on__year=2017)
    assert set(now.values_list("state", flat=True)) == {state.code for state in kind.states}
    assert set(now.with_light().values_list("light_now", flat=True)) == {"red", "yellow", "blue", "green", ""}
    overdue = {(AS_OF - due).days for due in now.lit("red").values_list("due_on", flat=True)}
    assert min(overdue) == 1
    assert max(overdue) == 12
    works = Matter.objects.filter(pack="hubs").values_list("state", flat=True)
    assert set(works) == {"planned", "approved", "building", "submitted", "accepted", "dropped"}


def test_letters_were_sent_and_one_answered_and_a_matter_was_split() -> None:
    letters = list(Letter.objects.order_by("number"))
    assert [letter.addressee for letter in letters if letter.replied_on is None] == ["刘路村委会"]
    assert len(letters) == 2
    assert all(not letter.is_late() for letter in letters)
    shares = Matter.objects.filter(split_from__isnull=False)
    assert set(shares.values_list("title", "state")) == {
        ("背街垃圾没有清运", "rectifying"),
        ("学习手册空白", "rectifying"),
    }


def test_every_rung_that_is_due_has_fired() -> None:
    assert not Matter.objects.going().filter(next_rung_on__lte=AS_OF).exists()
    assert Matter.objects.going().filter(supervised_on__isnull=False).exists()
    rungs = set(LadderMark.objects.filter(matter__kind="rectification.item").values_list("rung", flat=True))
    assert rungs == {0, 1, 2, 3}


def test_points_are_drawn_and_say_so() -> None:
    pointed = Place.objects.filter(latitude__isnull=False)
    assert pointed.filter(kind__in=("village", "community")).count() == 108
    assert set(pointed.values_list("precision", flat=True)) == {Place.Precision.SCHEMATIC}
    assert len(set(pointed.values_list("latitude", "longitude"))) == pointed.count()


def test_the_next_round_has_a_tour_that_was_adopted() -> None:
    planned = Round.objects.get(state=Round.State.PLANNED)
    shown = tour_of(planned, Account.objects.get(username="review"))
    assert (shown.state, shown.adopted, shown.left_out, shown.over) == ("done", True, [], [])
    assert shown.villages == shown.schematic == planned.places.count() > 10
    assert 0 < shown.driving < shown.plain


def test_a_grid_became_part_of_another() -> None:
    gone = Place.objects.get(code="410871203200-wg3")
    assert gone.closed_on == dt.date(2018, 3, 26)
    change = gone.changes.get().change
    assert (change.kind, "虚构" in change.basis) == ("merge", True)


def test_every_matter_has_a_responsible_person() -> None:
    taken_over = Q(source_kind="ledger")  # who put these right, the older ledger did not say
    assert not Matter.objects.filter(~taken_over, owner__isnull=True).exists()


def test_safety_in_2017_is_as_it_was_published() -> None:
    closed = Matter.objects.filter(pack="safety", closed_on__year=2017, verifier__isnull=False)
    assert Counter(closed.values_list("kind", flat=True)) == {"safety.hazard": 654, "safety.major_hazard": 6}
    counted = {code: _counted(f"safety.{code}") for code in ("hazards_rectified", "key_enterprises_supervised")}
    assert counted == {"hazards_rectified": 660, "key_enterprises_supervised": 38}
    assert _counted("safety.grave_accidents") == 0
    assert not Matter.objects.filter(kind="safety.accident", opened_on__year=2017).exists()


def _counted(code: str) -> object:
    leader, district = Account.objects.get(username="leader"), Place.objects.get(kind="district")
    return figure(leader, get_indicator(code), district, period("2017")).value


def test_hazards_stand_at_every_step() -> None:
    going = Matter.objects.filter(pack="safety", closed_on__isnull=True)
    assert set(going.filter(kind="safety.hazard").values_list("state", flat=True)) == {
        "reported", "rectifying", "submitted",
    }  # fmt: skip
    late = going.filter(due_on__lt=AS_OF)
    assert late.filter(values__code="overdue_reason").exists()
    assert late.exclude(values__code="overdue_reason").exists()


def test_nothing_lies_after_the_day_and_all_came_by_the_demo() -> None:
    entries = Entry.objects.all()
    assert set(entries.values_list("channel", flat=True)) == {"demo"}
    assert entries.order_by("-at")[0].at <= clock.local_moment(AS_OF, 9)
    assert not Matter.objects.filter(created_at__gt=clock.local_moment(AS_OF, 9)).exists()


def test_what_is_invented_says_so() -> None:
    assert all("示范" in name for name in Round.objects.values_list("name", flat=True))
    by_hand = Matter.objects.filter(source_id__isnull=True)
    assert all("示范" in detail for detail in by_hand.values_list("detail", flat=True))
    assert not any("（示范" in title for title in by_hand.values_list("title", flat=True))  # a 示范基地 is called so
    assert {label for label in labels_of_sources() if "示范" not in label} <= {"便民服务申请", "好差评"}
    visited = Matter.objects.filter(source_kind="visit").values_list("place__name", flat=True)
    assert all("示范" in name for name in visited)


@pytest.mark.parametrize("path", ["/", "/matters/", "/journal/", "/places/", "/accounts/login/"])
def test_every_page_says_that_it_is_a_demonstration(client: Client, path: str) -> None:
    if "login" not in path:
        client.force_login(Account.objects.get(username="leader"), backend="huoshui.web.backends.SignedInBackend")
    words = client.get(path).content.decode()
    assert "示范数据：地名取自公开资料，人员、打分、问题、照片和日期都是虚构的。" in words
    assert "huoshui/demonstration.css" in words


def test_every_workbook_says_that_it_is_a_demonstration() -> None:
    office, lead = (Account.objects.get(username=name) for name in ("office", "review"))
    books = [ledger_workbook(actor=office), results_workbook(round_2017(), lead)]
    for data in books:
        top = load_workbook(io.BytesIO(data)).active.iter_rows(max_row=3, values_only=True)
        assert any("都是虚构的" in str(cell) for row in top for cell in row)


def labels_of_sources() -> list[str]:
    sources = Matter.objects.filter(source_id__isnull=False).exclude(source_kind="visit")
    return list(sources.values_list("source_label", flat=True))


def test_every_figure_of_its_documents_opens_where_the_register_is_reached() -> None:
    for edition in Edition.objects.all():
        word = docx.Document(io.BytesIO(bytes(edition.files.get(ending="docx").data)))
        targets = {one.target_ref for one in word.part.rels.values() if one.reltype == RELATIONSHIP_TYPE.HYPERLINK}
        assert len(targets) > 10
        assert {target.partition("#")[0] for target in targets} == {f"{ADDRESS}/d/{edition.code}"}


def test_journal_is_sealed_and_proves_itself() -> None:
    report = verify()
    assert report.ok
    assert report.unsealed == 0
    assert report.sealed > 3000


def test_records_of_2017_are_the_same_for_another_day() -> None:
    """As the server loaded them for today."""
    assert digest(of_2017=True) == (demo_of_today() / OF_2017).read_text()


def test_the_same_day_gives_the_same_records(demo: Loaded) -> None:
    assert digest(of_2017=False) == demo.present_alone


def test_progress_and_counts_are_told(demo: Loaded) -> None:
    assert {part for part, _, _ in demo.told} == set(demo.summary.seconds)
    assert all(0 < done <= total for _, done, total in demo.told)
    assert demo.summary.counts["matters"] == Matter.objects.count()


@pytest.mark.parametrize("shown", DEMO_ACCOUNTS, ids=lambda shown: shown.username)
def test_every_listed_account_can_sign_in(shown: object) -> None:
    account = Account.objects.get(username=shown.username)
    assert account.title == shown.title
    assert account.check_password(DEMO_PASSWORD)
    assert account.is_active
    assert not account.must_change_password
    assert Duty.objects.in_force(AS_OF).filter(account=account).exists()


def test_signing_in_leads_in(client: Client) -> None:
    answer = client.post(reverse("account_login"), {"login": "secretary", "password": DEMO_PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"]


def test_nobody_else_can_sign_in() -> None:
    listed = {shown.username for shown in DEMO_ACCOUNTS}
    assert not any(account.has_usable_password() for account in Account.objects.exclude(username__in=listed))


def test_both_is_secretary_and_verifier() -> None:
    held = Duty.objects.in_force(AS_OF).filter(account__username="both").values_list("role", "place__code")
    assert set(held) == {("village_secretary", BOTH_VILLAGE), ("verifier", "410871")}


def test_a_second_load_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        load_demo(as_of=AS_OF)
    assert caught.value.code == "demo.not_empty"


def test_a_day_before_the_story_ends_is_refused() -> None:
    with pytest.raises(Refusal) as caught:
        load_demo(as_of=FIRST_AS_OF - dt.timedelta(days=1))
    assert caught.value.code == "demo.too_early"
