"""The generated documentation is up to date, and nothing lacks its documentation."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from huoshui.config import PREFIX, Config
from huoshui.kernel.errors import catalogue

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def generator(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """The script that generates them."""
    monkeypatch.setattr(sys, "path", [str(ROOT / "scripts"), *sys.path])
    import generate_docs

    yield generate_docs
    sys.modules.pop("generate_docs")


@pytest.mark.parametrize("name", ["errors.md", "operator.md"])
def test_a_generated_document_is_up_to_date(generator: object, name: str) -> None:
    documents = generator.documents()  # type: ignore[attr-defined]
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert text == documents[ROOT / "docs" / name], "run scripts/generate_docs.py"


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    for name, field in Config.model_fields.items():
        assert f"`{PREFIX}{name.upper()}`" in text
        assert field.title
        assert field.description


def test_every_command_and_option_is_documented(generator: object) -> None:
    text = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    for words, command in generator.commands():  # type: ignore[attr-defined]
        row = next((line for line in text.splitlines() if line.startswith(f"| `{words}")), "")
        assert row, words
        assert command.help, words
        for option in command.params:
            shown = option.metavar or option.human_readable_name
            assert (option.opts[0] if option.param_type_name == "option" else shown) in row


def test_every_error_code_is_documented() -> None:
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert [code for code in catalogue() if f"| `{code}` |" not in text] == []
