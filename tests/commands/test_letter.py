"""``huoshui letter``: list, export, replace the template."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace

from click.testing import CliRunner

from huoshui.commands.letters import letters
from huoshui.kernel.errors import Refusal
from huoshui.matters.actions import open_matter
from huoshui.matters.letters.actions import issue_letter
from huoshui.matters.letters.models import LetterTemplate
from huoshui.reports.letters import TEMPLATE


def test_list_export_and_template(cast: SimpleNamespace, tmp_path: Path) -> None:
    matter = open_matter(by=cast.town_office, kind="rectification.item", place=cast.land.village, title="路灯不亮")
    given = {"demand": "限期办结", "until": dt.date(2018, 4, 9), "signer": "王某"}
    letter = issue_letter(by=cast.town_office, matters=[matter], **given)
    run = CliRunner().invoke
    assert letter.number in run(letters, ["list", "--waiting", "--json"]).output
    for ending, begins in (("docx", b"PK"), ("pdf", b"%PDF")):
        file = tmp_path / f"a.{ending}"
        assert run(letters, ["export", letter.number, str(file)]).exit_code == 0
        assert file.read_bytes().startswith(begins)
    unknown = run(letters, ["export", "示范督〔2018〕9号", str(tmp_path / "b.pdf")])
    assert isinstance(unknown.exception, Refusal)
    assert run(letters, ["template", cast.land.district.code, str(TEMPLATE)]).exit_code == 0
    assert LetterTemplate.objects.get().place == cast.land.district
