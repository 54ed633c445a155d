"""Templates of documents: what is accepted, what is refused and where it stands, and which one counts."""

from __future__ import annotations

import io
import zipfile
from types import SimpleNamespace
from typing import Any

import pytest

from huoshui.documents.actions import issue
from huoshui.documents.models import DocumentTemplate, Edition
from huoshui.documents.preparing import prepare
from huoshui.documents.queries import kinds
from huoshui.documents.standard import standard_template
from huoshui.documents.templates import check_template, replace_template
from huoshui.kernel.word_templates import LARGEST_OPEN
from tests.documents.conftest import NOTICE, REVIEW, refused, rewritten, word_of, words

GOOD = ("{{ title }}", '共 {{ figure("rectification.opened") }}，{{ compare("rectification.opened") }}')


def given(cast: SimpleNamespace, data: bytes, **other: Any) -> dict[str, Any]:
    base = {"by": cast.district_office, "kind": REVIEW, "place": cast.land.district, "name": "a.docx", "data": data}
    return base | other


def test_the_standard_template_of_every_kind_is_accepted(cast: SimpleNamespace) -> None:
    assert len(kinds()) == 6
    for kind in kinds().values():
        data = standard_template(kind)
        check_template(kind, data)
        assert data == standard_template(kind)


def test_an_own_template_counts_below_its_place_and_leaves_what_was_issued(cast: SimpleNamespace) -> None:
    asked = {"by": cast.town_office, "kind": REVIEW, "place": cast.land.town, "period": "2017"}
    old = issue(**asked)
    replace_template(**given(cast, word_of(*GOOD, "自己的模板")))
    kept = replace_template(**given(cast, word_of(*GOOD, "又一个模板")))
    assert (kept.number, DocumentTemplate.objects.count()) == (2, 2)
    new = prepare(**asked)
    assert "又一个模板" in words(new.word)
    assert "又一个模板" in str(new.blocks)
    assert "自己的模板" not in words(new.word)
    assert (Edition.objects.get(pk=old.pk).template, new.template) == (None, kept)
    assert "又一个模板" not in words(bytes(old.files.get(ending="docx").data))
    refusal = refused(replace_template, **given(cast, word_of(*GOOD), by=cast.town_office, place=cast.land.town))
    assert refusal.code == "access.denied"


@pytest.mark.parametrize(
    ("paragraph", "code", "name"),
    [
        ("本年 {{ figur }} 个", "document.template_unknown", "figur"),
        ("本年 {{ figur('hubs.built') }} 个", "document.template_unknown", "figur()"),
        ('本年 {{ figure("hubs.bilt") }} 个', "document.template_unknown", "hubs.bilt"),
        ('本年 {{ figure("hubs.built", "2017-13") }}', "document.template_unknown", "2017-13"),
        ('本年 {{ figure("hubs.built", place="99") }}', "document.template_unknown", "99"),
        ('本年 {{ figure("hubs.built").valeu }}', "document.template_unknown", ".valeu"),
        ("{% for one in honours %}{{ one.nam }}{% endfor %}", "document.template_unknown", ".nam"),
        ("{{ ''.__class__.__mro__ }}", "document.template_unknown", ".__class__"),
        ("{{ place.__init__.__globals__ }}", "document.template_unknown", ".__init__"),
        ("{{ figure.__globals__ }}", "document.template_unknown", ".__globals__"),
        ("{{ cycler('a') }}", "document.template_unknown", "cycler()"),
        ("{{ title|upper }}", "document.template_code", "filter"),
        ("{{ honours[0] }}", "document.template_code", "getitem"),
        ("{% set a = 1 %}", "document.template_code", "assign"),
        ("{% include 'a' %}", "document.template_code", "include"),
        ("{{ 1 + 1 }}", "document.template_code", "add"),
        ("{% for x in title %}{% endfor %}", "document.template_code", "for"),
        ("{% for a in honours %}" * 4 + "{% endfor %}" * 4, "document.template_code", "for"),
        ("{{ title", "document.template_code", "{{ title"),
    ],
)
def test_what_is_refused_is_named_with_its_paragraph(
    cast: SimpleNamespace, paragraph: str, code: str, name: str
) -> None:
    refusal = refused(replace_template, **given(cast, word_of("{{ title }}", paragraph, "后面一段")))
    (problem,) = refusal.problems
    assert (problem.code, problem.params["name"]) == (code, name)
    assert problem.params["paragraph"][:10] in paragraph
    assert "后面一段" not in problem.message()
    assert name in problem.message()
    assert not DocumentTemplate.objects.exists()


def test_every_unknown_name_is_told_at_once(cast: SimpleNamespace) -> None:
    refusal = refused(replace_template, **given(cast, word_of("甲 {{ one }}", "乙 {{ two }}")))
    found = [(problem.params["name"], problem.params["paragraph"]) for problem in refusal.problems]
    assert found == [("one", "甲 {{ one }}"), ("two", "乙 {{ two }}")]


def bomb() -> bytes:
    """A small file that unpacks to more than is opened."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("word/document.xml", b"0" * (LARGEST_OPEN + 1))
    return stream.getvalue()


def macros(parts: dict[str, bytes]) -> None:
    parts["word/vbaProject.bin"] = b"\xd0\xcf"


def macro_type(parts: dict[str, bytes]) -> None:
    types = parts["[Content_Types].xml"]
    parts["[Content_Types].xml"] = types.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )


def outside(parts: dict[str, bytes]) -> None:
    """A picture that would be fetched from elsewhere."""
    relations = parts["word/_rels/document.xml.rels"]
    type_ = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"
    added = b'<Relationship Id="rId99" Type="' + type_ + b'" Target="http://inside/" TargetMode="External"/>'
    parts["word/_rels/document.xml.rels"] = relations.replace(b"</Relationships>", added + b"</Relationships>")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no document", "document.template_file"),
        (bomb(), "document.template_large"),
        (rewritten(word_of(*GOOD), macros), "document.template_macro"),
        (rewritten(word_of(*GOOD), macro_type), "document.template_macro"),
        (rewritten(word_of(*GOOD), outside), "document.template_macro"),
        (word_of("没有占位符"), "document.template_empty"),
    ],
)
def test_a_file_that_is_no_harmless_template(cast: SimpleNamespace, data: bytes, code: str) -> None:
    assert len(data) < 200_000
    assert refused(replace_template, **given(cast, data)).code == code


def test_what_is_written_by_hand_quotes_figures_and_nothing_else(item: Any, cast: SimpleNamespace) -> None:
    asked = {"by": cast.district_office, "kind": NOTICE, "place": cast.land.district, "period": "2018"}
    texts = {"subject": "关于<整改>的通知", "body": 'A & B，共 {{ figure("rectification.opened") }}。'}
    made = prepare(**asked, texts=texts)
    assert "A & B，共 1 件。" in words(made.word)
    assert "关于<整改>的通知" in words(made.word)
    assert [use.code for use in made.uses] == ["rectification.opened"]
    refusal = refused(prepare, **asked, texts=texts | {"body": "{{ nothing }}"})
    assert (refusal.code, refusal.problems[0].field) == ("document.template_unknown", "body")
    assert refused(prepare, **asked, texts={"body": "x"}).code == "value.required"
