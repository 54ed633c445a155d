"""The fixed cast: a small district with two towns, and one account per role; used by every test."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import override_settings
from django.utils import translation

from huoshui.duties import actions as duties
from huoshui.duties.models import Account, Unit
from huoshui.duties.queries import system_account
from huoshui.kernel import clock, health
from huoshui.kernel.reading import forget
from huoshui.packs.actions import load_pack
from huoshui.places import actions as places
from huoshui.places.models import Place
from tests.kept import kept
from tests.migrated import migrating_by_copy

NOON = clock.local_moment(dt.date(2018, 4, 2), 12)
"""The day of every test unless it sets another: Monday 2 April 2018, days before the Qingming holiday."""
TOGETHER = ("tests/browser/", "tests/demo/", "tests/web/test_journal.py")
"""Tests that share what takes a worker long to make: a demo, or the scenario with every action."""
BUILTIN_ORDER = [
    "core",
    "culture",
    "education",
    "employment",
    "health",
    "rectification",
    "livelihood",
    "hubs",
    "review",
    "security",
    "activities",
    "honours",
    "supervision",
    "documents",
    "services",
    "surveys",
    "own_surveys",
    "consultation",
    "outreach",
    "safety",
    "rivers",
]

# How long an example takes says more about the machine than about the product.
hypothesis.settings.register_profile("huoshui", deadline=None)
hypothesis.settings.load_profile("huoshui")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests that belong together go to one worker, the most of them first; every other one goes to whoever is free.

    xdist's own groups (3.8) do nothing under pytest 9.2.
    """
    if config.getvalue("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((start for start in TOGETHER if nodeid.startswith(start)), nodeid)

    return Together(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[Any]:
    """Python looks for garbage seldom, and never in what was imported and collected: it took half of that time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.set_threshold(50_000, 10, 10)
        gc.enable()


@pytest.fixture(scope="session")
def _tables() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        stack.enter_context(migrating_by_copy())
        yield stack


@pytest.fixture(scope="session")
def django_db_setup(_tables: ExitStack, django_db_setup: None) -> None:
    """pytest-django's, with tables that were migrated once."""
    _tables.close()


@pytest.fixture(autouse=True)
def _fixed_clock() -> Iterator[None]:
    with clock.set_to(NOON):
        yield


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    """Whatever language a test's last request left behind ends with the test."""
    with translation.override(django_settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> None:
    """How often a page may be used is counted in the cache: each test begins with none."""
    cache.clear()


@pytest.fixture(autouse=True)
def _nothing_read_left_over() -> None:
    """Each test has another database."""
    forget()


@pytest.fixture(autouse=True, scope="session")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of this process's checkpoints: those that run beside it seal other databases."""
    folder = tmp_path_factory.mktemp("checkpoints")
    with override_settings(JOURNAL_CHECKPOINT_DIRS=[folder]):
        yield folder


@pytest.fixture(autouse=True)
def _nothing_sealed_left_over(checkpoints: Path) -> None:
    """The checkpoints of another test are of another journal, and so is what its start found."""
    for file in checkpoints.iterdir():
        file.unlink()
    health.JOURNAL_AT_START.clear()


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> Iterator[None]:
    """Argon2 at its least cost."""
    with override_settings(PASSWORD_HASHERS=["tests.hashing.QuickHasher"]):
        yield


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any) -> None:
    """Pages name static files without the manifest that a served installation has."""
    storages = settings.STORAGES
    settings.STORAGES = {
        **storages,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture
def packs(db: None) -> None:
    """The built-in packs, loaded."""
    kept("packs", _load_packs)


@pytest.fixture
def land(packs: None) -> SimpleNamespace:
    """Places: province, city, district; town 苏家作乡 with three villages, town 阳庙镇 with two."""
    land: SimpleNamespace = kept("land", open_land)
    return land


@pytest.fixture
def cast(land: SimpleNamespace) -> SimpleNamespace:
    """One account per role, by role name; ``judges`` are five; ``both`` is village secretary and verifier.

    Units: the district's office, its verification office, each town's office, each village's committee.
    """
    cast: SimpleNamespace = kept("cast", lambda: hire_cast(land), on=land)
    return cast


def _load_packs() -> None:
    for code in BUILTIN_ORDER:
        load_pack(by=system_account(), folder=django_settings.BUILTIN_PACKS_DIR / code)


def open_land() -> SimpleNamespace:
    """The places of ``land``."""
    by = system_account()
    here = SimpleNamespace()

    def put(name: str, kind: str, code: str, official: str, parent: Place | None) -> Place:
        there = Place.objects.filter(code=code).first()  # a prepared installation has its province
        place = there or places.open_place(by=by, kind=kind, code=code, name=official, parent=parent)
        setattr(here, name, place)
        return place

    province = put("province", "province", "41", "河南省", None)
    city = put("city", "city", "4108", "焦作市", province)
    district = put("district", "district", "410871", "焦作城乡一体化示范区", city)
    town = put("town", "township", "410871203", "苏家作乡", district)
    other = put("other_town", "town", "410871100", "阳庙镇", district)
    put("village", "village", "410871203201", "寨卜昌村村民委员会", town)
    put("village2", "village", "410871203202", "苏家作村村民委员会", town)
    put("village3", "village", "410871203203", "东寺河村村民委员会", town)
    put("other_village", "village", "410871100201", "阳庙村村民委员会", other)
    put("other_village2", "village", "410871100202", "北西尚村村民委员会", other)
    return here


def hire_cast(land: SimpleNamespace) -> SimpleNamespace:
    """The people of ``cast``."""
    people = SimpleNamespace(land=land)
    units: dict[tuple[Place, str], Unit] = {}
    start = dt.date(2016, 1, 1)

    def person(name: str, role: str, place: Place, unit: str, title: str) -> Account:
        key = (place, unit)
        if key not in units:
            units[key] = duties.open_unit(by=system_account(), place=place, name=unit)
        account = duties.open_account(by=system_account(), username=name, title=title, unit=units[key])
        duties.grant_duty(by=system_account(), account=account, role=role, place=place, since=start)
        return account

    def hire(name: str, role: str, place: Place, unit: str, title: str) -> None:
        setattr(people, name, person(name, role, place, unit, title))

    hire("administrator", "administrator", land.district, "区信息办", "系统管理员")
    hire("leader", "leader", land.district, "区领导", "分管领导")
    hire("auditor", "auditor", land.district, "区审计局", "审计员")
    hire("district_office", "district_office", land.district, "区党建办", "区党建办干部")
    hire("review_lead", "review_lead", land.district, "考核组", "考核组组长")
    hire("scrutineer", "scrutineer", land.district, "区纪检组", "监督员")
    hire("tally_clerk", "tally_clerk", land.district, "考核组", "计分员")
    hire("verifier", "verifier", land.district, "核验办", "核验员")
    hire("finance", "finance_office", land.district, "区财政局", "财政拨付员")
    hire("town_office", "town_office", land.town, "乡党建办", "苏家作乡党建办")
    hire("other_town_office", "town_office", land.other_town, "镇党建办", "阳庙镇党建办")
    hire("assessor", "assessor", land.town, "乡考核组", "苏家作乡考核员")
    hire("other_assessor", "assessor", land.other_town, "镇考核组", "阳庙镇考核员")
    hire("village_lead", "village_lead", land.village, "乡党建办包村", "寨卜昌村包村干部")
    hire("secretary", "village_secretary", land.village, "村委会", "寨卜昌村支书")
    hire("secretary2", "village_secretary", land.village2, "村委会", "苏家作村支书")
    hire("other_secretary", "village_secretary", land.other_village, "村委会", "阳庙村支书")
    hire("both", "village_secretary", land.village3, "村委会", "东寺河村支书兼核验员")
    duties.grant_duty(by=system_account(), account=people.both, role="verifier", place=land.district, since=start)
    people.judges = [person(f"judge{n}", "judge", land.district, f"评委单位{n}", f"评委{n}") for n in range(1, 6)]
    people.stranger = duties.open_account(
        by=system_account(), username="stranger", title="无职责人员", unit=units[(land.district, "考核组")]
    )
    return people
