"""A second submission brings a photo of its own: what was there before the return does not count again."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from huoshui.duties.queries import system_account
from huoshui.kernel.errors import Refusal
from huoshui.kernel.models import Entry
from huoshui.matters.actions import advance
from huoshui.matters.models import Matter
from huoshui.matters.queries import available_transitions, ledger, ledger_rows
from huoshui.media.actions import attach_file, remove_attachment
from huoshui.media.models import Attachment
from huoshui.media.queries import attachments_of
from huoshui.packs.actions import load_pack
from tests.matters.conftest import Opener, close, photo, submit

DONE = {"progress": "又补了一遍"}


def show(matter: Matter, by: Any, shade: int, slot: str = "after") -> Attachment:
    return attach_file(by=by, subject=matter, place=matter.place, slot=slot, data=photo(shade), name="a.jpg")


def refused(matter: Matter, by: Any) -> Refusal:
    """The submission is refused and writes nothing."""
    before = Entry.objects.count()
    with pytest.raises(Refusal) as caught:
        advance(by=by, matter=matter, transition="submit", values=DONE)
    assert Entry.objects.count() == before
    return caught.value


@pytest.fixture
def returned(item: Matter, cast: SimpleNamespace) -> Matter:
    """Submitted with one photo, and sent back."""
    matter = submit(item, cast.secretary)
    return advance(by=cast.verifier, matter=matter, transition="return", note="看不出差别")


def test_the_first_submission_takes_photos_since_the_claim(item: Matter, cast: SimpleNamespace) -> None:
    assert submit(item, cast.secretary).state == "submitted"


def test_after_a_return_the_old_photo_does_not_do(returned: Matter, cast: SimpleNamespace) -> None:
    problem = refused(returned, cast.secretary).problems[0]
    assert (problem.code, problem.field) == ("matter.evidence_fresh", "after")
    with override("zh-hans"):  # the slot's name follows the reader's language
        assert problem.message("zh") == "“整改后照片”本次至少要新拍 1 张，现有 0 张；上次提交的 1 张不算。"
    show(returned, cast.secretary, 90)  # the same picture again
    assert refused(returned, cast.secretary).code == "matter.evidence_fresh"
    show(returned, cast.secretary, 120, "before")  # another slot
    assert refused(returned, cast.secretary).code == "matter.evidence_fresh"
    show(returned, cast.secretary, 160)
    assert advance(by=cast.secretary, matter=returned, transition="submit", values=DONE).state == "submitted"


def test_reporting_progress_does_not_make_new_photos_old(returned: Matter, cast: SimpleNamespace) -> None:
    show(returned, cast.secretary, 160)
    matter = advance(by=cast.secretary, matter=returned, transition="update", values={"progress": "过半"})
    assert advance(by=cast.secretary, matter=matter, transition="submit", values=DONE).state == "submitted"


def test_each_return_asks_anew(returned: Matter, cast: SimpleNamespace) -> None:
    matter = submit(returned, cast.secretary, 160)
    matter = advance(by=cast.verifier, matter=matter, transition="return", note="还差一处")
    assert "上次提交的 2 张不算" in refused(matter, cast.secretary).problems[0].message("zh")
    assert submit(matter, cast.secretary, 230).state == "submitted"


def test_so_does_reopening(item: Matter, cast: SimpleNamespace) -> None:
    matter = close(item, cast.secretary, cast.verifier)
    matter = advance(by=cast.district_office, matter=matter, transition="reopen", note="又坏了")
    assert refused(matter, cast.secretary).code == "matter.evidence_fresh"
    assert submit(matter, cast.secretary, 160).state == "submitted"


def test_and_so_does_a_refused_declaration(item: Matter, cast: SimpleNamespace) -> None:
    matter = advance(by=cast.town_office, matter=item, transition="declare_not_resolvable", note="没有资金")
    matter = advance(by=cast.verifier, matter=matter, transition="refuse_not_resolvable", note="可以整改")
    assert refused(matter, cast.secretary).code == "matter.evidence_required"  # there was none before
    assert submit(matter, cast.secretary).state == "submitted"


def test_a_photo_handed_in_stays(returned: Matter, cast: SimpleNamespace) -> None:
    """Else it could be taken off and sent again as a new one."""
    old = attachments_of(returned, "after").get()
    with pytest.raises(Refusal, match=r"photo\.handed_in"):
        remove_attachment(by=cast.secretary, attachment=old)
    new = show(returned, cast.secretary, 160)
    remove_attachment(by=cast.secretary, attachment=new)
    assert list(attachments_of(returned, "after")) == [old]


def counted_in_the_ledger(matter: Matter, by: Any) -> int:
    row = next(row for row in ledger_rows(ledger(by)) if row.matter == matter)
    count: int = row.cell("evidence")
    return count


def test_the_ledger_counts_what_proves_the_work_as_it_stands(item: Matter, cast: SimpleNamespace) -> None:
    office = cast.district_office
    show(item, office, 10, "before")
    assert counted_in_the_ledger(item, office) == 0  # what was found, before anybody claimed it
    matter = submit(item, cast.secretary)
    assert counted_in_the_ledger(matter, office) == 1
    matter = advance(by=cast.verifier, matter=matter, transition="return", note="看不出差别")
    assert counted_in_the_ledger(matter, office) == 0  # as its page says: what came back no longer counts
    show(matter, cast.secretary, 160)
    show(matter, cast.secretary, 170)
    assert counted_in_the_ledger(matter, office) == 2
    matter = advance(by=cast.secretary, matter=matter, transition="submit", values=DONE)
    matter = advance(by=cast.verifier, matter=matter, transition="verify")
    assert counted_in_the_ledger(matter, office) == 2
    matter = advance(by=office, matter=matter, transition="reopen", note="又坏了")
    assert counted_in_the_ledger(matter, office) == 0


def test_what_is_wanted_is_said_before(returned: Matter, cast: SimpleNamespace) -> None:
    option = next(o for o in available_transitions(returned, cast.secretary) if o.transition.code == "submit")
    asked = option.evidence[0]
    assert (asked.have, asked.earlier, asked.lacking) == (0, 1, 1)
    client = Client()
    client.force_login(cast.secretary, backend="huoshui.web.backends.SignedInBackend")
    address = reverse("matter", args=[returned.number])
    page = client.get(address).content.decode()
    assert "整改后照片（须新拍，上次提交的不算）" in page
    assert "本次还没有新照片" in page
    assert "上次提交" in page
    form = client.get(f"{address}?step=submit").content.decode()
    assert "本次至少新拍 1 张，已有 0 张；上次提交的 1 张不算" in form
    version = Matter.objects.get(pk=returned.pk).version
    answer = client.post(reverse("matter_step", args=[returned.number, "submit"]), {**DONE, "version": version})
    assert answer.status_code == 422
    assert "本次至少要新拍 1 张，现有 0 张" in answer.content.decode()
    show(returned, cast.secretary, 160)
    assert "本次还没有新照片" not in client.get(address).content.decode()


def test_the_verifier_sees_which_are_new(returned: Matter, cast: SimpleNamespace) -> None:
    matter = submit(returned, cast.secretary, 160)
    client = Client()
    client.force_login(cast.verifier, backend="huoshui.web.backends.SignedInBackend")
    page = client.get(reverse("matter", args=[matter.number])).content.decode()
    old, new = attachments_of(matter, "after")
    earlier = page.index("slot__head--earlier")
    assert page.index(reverse("photo", args=[new.pk])) < earlier < page.index(reverse("photo", args=[old.pk]))


def test_a_pack_can_say_that_earlier_photos_count(open_item: Opener, cast: SimpleNamespace, tmp_path: Path) -> None:
    folder = tmp_path / "rectification"
    shutil.copytree(settings.BUILTIN_PACKS_DIR / "rectification", folder)
    for name, old, new in (("matters", "fresh: true", "fresh: false"), ("pack", "version: 1.", "version: 9.")):
        file = folder / f"{name}.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    load_pack(by=system_account(), folder=folder)
    matter = submit(open_item(), cast.secretary)
    matter = advance(by=cast.verifier, matter=matter, transition="return", note="看不出差别")
    assert advance(by=cast.secretary, matter=matter, transition="submit", values=DONE).state == "submitted"


def test_nothing_is_earlier_in_a_first_submission(item: Matter, cast: SimpleNamespace) -> None:
    matter = submit(item, cast.secretary)
    client = Client()
    client.force_login(cast.verifier, backend="huoshui.web.backends.SignedInBackend")
    assert "上次提交" not in client.get(reverse("matter", args=[matter.number])).content.decode()
