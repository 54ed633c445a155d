"""Keeping a place's record from its page; the state of a day; the list as a workbook."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from types import SimpleNamespace

from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from huoshui.duties.models import Account
from huoshui.kernel import clock
from huoshui.places.actions import amend_attributes, rename_place
from huoshui.places.imports import import_places
from huoshui.places.models import Honour, Place
from tests.places.helpers import relieved

SignIn = Callable[[Account], Client]


def sent(cast: SimpleNamespace, signed_in: SignIn, by: Account, **values: str) -> tuple[int, str]:
    answer = signed_in(by).post(reverse("place_upkeep", args=[cast.land.village.code]), values)
    return answer.status_code, answer.content.decode()


def test_honour_recorded_and_withdrawn(cast: SimpleNamespace, signed_in: SignIn) -> None:
    office = cast.district_office
    status, _ = sent(cast, signed_in, office, form="honour", name="文明村", level="municipal", year="2017")
    assert status == 302
    honour = Honour.objects.get()
    status, _ = sent(cast, signed_in, office, form="withdraw", honour=str(honour.pk), reason="复查未通过")
    assert status == 302
    honour.refresh_from_db()
    assert honour.withdrawn_on == clock.today()


def test_a_future_year_is_refused_beside_its_field(cast: SimpleNamespace, signed_in: SignIn) -> None:
    status, page = sent(
        cast, signed_in, cast.district_office, form="honour", name="文明村", level="municipal", year="2019"
    )
    assert status == 422
    assert 'id="f-honour-year-error"' in page


def test_rename_and_place(cast: SimpleNamespace, signed_in: SignIn) -> None:
    office = cast.district_office
    assert sent(cast, signed_in, office, form="rename", name="寨卜昌古村村民委员会")[0] == 302
    assert (
        sent(cast, signed_in, office, form="locate", latitude="35.2105", longitude="113.2512", system="wgs84")[0] == 302
    )
    village = Place.objects.get(code=cast.land.village.code)
    assert (village.short_name, village.latitude, village.longitude) == ("寨卜昌古村", 35_210_500, 113_251_200)


def test_a_point_taken_from_a_chinese_map(cast: SimpleNamespace, signed_in: SignIn) -> None:
    office, typed = cast.district_office, {"latitude": "35.2105", "longitude": "113.2512"}
    assert sent(cast, signed_in, office, form="locate", **typed)[0] == 422
    assert sent(cast, signed_in, office, form="locate", system="gcj02", **typed)[0] == 302
    village = Place.objects.get(code=cast.land.village.code)
    # Some six hundred metres east of where GPS has it.
    assert 5_000 < 113_251_200 - village.longitude < 7_500
    answer = signed_in(office).get(reverse("place_export"), {"kind": "village", "system": "gcj02"})
    row = next(row for row in load_workbook(io.BytesIO(answer.content)).active.values if row[0] == village.code)
    assert (round(float(row[4]), 6), round(float(row[5]), 6), row[6]) == (35.2105, 113.2512, "GCJ-02")
    again = import_places(by=cast.administrator, data=answer.content, name="地点.xlsx", dry_run=True)
    assert (again.problems, again.changed) == ([], 0)


def test_a_broken_outline_is_refused(cast: SimpleNamespace, signed_in: SignIn) -> None:
    status, page = sent(cast, signed_in, cast.district_office, form="locate", system="wgs84", outline="{not json")
    assert status == 422
    assert "GeoJSON" in page


def test_close(cast: SimpleNamespace, signed_in: SignIn) -> None:
    asked = {"form": "close", "closed_on": "2018-04-02"}
    assert sent(cast, signed_in, cast.district_office, **asked)[0] == 409  # people answer for it
    relieved(cast.land.village)
    assert sent(cast, signed_in, cast.district_office, **asked)[0] == 302
    assert Place.objects.get(code=cast.land.village.code).closed_on == dt.date(2018, 4, 2)


def test_without_the_permission(cast: SimpleNamespace, signed_in: SignIn) -> None:
    status, page = sent(cast, signed_in, cast.secretary, form="rename", name="别名村")
    assert status == 403
    assert "access.denied" in page


def test_the_page_as_of_a_day(cast: SimpleNamespace, signed_in: SignIn) -> None:
    village, by = cast.land.village, cast.district_office
    amend_attributes(by=by, place=village, attributes={"households": 300}, since=dt.date(2017, 1, 1))
    amend_attributes(by=by, place=village, attributes={"households": 312}, since=dt.date(2018, 1, 1))
    village.refresh_from_db()
    rename_place(by=by, place=village, name="寨卜昌新村村民委员会", since=dt.date(2018, 1, 1))
    page = signed_in(by).get(reverse("place", args=[village.code]), {"on": "2017-06-01"}).content.decode()
    assert "300 户" in page
    assert "寨卜昌村村民委员会" in page
    assert "312 户" in signed_in(by).get(reverse("place", args=[village.code])).content.decode()


def test_export_holds_what_the_reader_may_see(cast: SimpleNamespace, signed_in: SignIn) -> None:
    answer = signed_in(cast.town_office).get(reverse("place_export"), {"kind": "village"})
    rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
    assert len(rows) == 4
    assert not any("北西尚" in str(cell) for row in rows for cell in row)
