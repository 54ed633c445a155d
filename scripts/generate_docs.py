"""Writes the parts of the documentation that the code knows best.

generate_docs.py            write docs/errors.md, and the tables of settings and commands in docs/operator.md
generate_docs.py --check    write nothing; fail when one of them is not up to date
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
ERRORS = ROOT / "docs" / "errors.md"
OPERATOR = ROOT / "docs" / "operator.md"


def set_up() -> None:
    """Start Django in Chinese, with a data folder of its own and none of the caller's settings."""
    for name in [name for name in os.environ if name.startswith("HUOSHUI_")]:
        del os.environ[name]
    os.environ["HUOSHUI_DATA_DIR"] = tempfile.mkdtemp(prefix="huoshui-docs-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "huoshui.settings"
    import django

    django.setup()


def cell(text: object) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def errors() -> str:
    """docs/errors.md, from the catalogue."""
    from huoshui.kernel.errors import catalogue

    lines = [
        "# 错误代码",
        "",
        "由 `scripts/generate_docs.py` 依据 `src/huoshui/kernel/error_catalogue/` 生成，请勿手工修改。",
        "网页、接口、命令行和导入报告对同一情形给出同一代码与同样的话；`{…}` 处填入当时的值。",
        "",
        "| 代码 | HTTP | 说明 | 怎么办 | In English |",
        "| --- | --- | --- | --- | --- |",
    ]
    for code, kind in sorted(catalogue().items()):
        english = f"{kind.en} {kind.next_en}"
        lines.append(f"| `{code}` | {kind.status} | {cell(kind.zh)} | {cell(kind.next_zh)} | {cell(english)} |")
    return "\n".join(lines) + "\n"


def settings_table() -> str:
    """The settings, from huoshui.config."""
    from huoshui.config import PREFIX, Config

    lines = ["| 设置 | 默认 | 说明 |", "| --- | --- | --- |"]
    for name, field in Config.model_fields.items():
        default = field.default
        shown = ",".join(default) if isinstance(default, list) else "" if default is None else str(default)
        shown = shown.lower() if isinstance(default, bool) else shown
        lines.append(f"| `{PREFIX}{name.upper()}` | {f'`{shown}`' if shown else '空'} | {cell(field.title)} |")
    return "\n".join(lines)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, with the words that call it."""
    from huoshui.commands import huoshui

    def below(words: str, command: click.Command | None) -> Iterator[tuple[str, click.Command]]:
        if command is None:
            return
        context = click.Context(command)
        if isinstance(command, click.Group):
            for name in sorted(command.list_commands(context)):
                yield from below(f"{words} {name}", command.get_command(context, name))
        else:
            yield words, command

    yield from below("huoshui", huoshui)


def commands_table() -> str:
    """The commands, from the command line itself."""
    lines = ["| 命令 | 作用与选项 |", "| --- | --- |"]
    for words, command in commands():
        arguments = [p.make_metavar(click.Context(command)) for p in command.params if isinstance(p, click.Argument)]
        options = [
            f"`{' '.join([option.opts[0], *_metavar(option)])}` {option.help or ''}"
            for option in command.params
            if isinstance(option, click.Option) and not option.hidden
        ]
        text = "<br>".join([cell(command.help or ""), *(cell(option) for option in options)])
        lines.append(f"| `{' '.join([words, *arguments])}` | {text} |")
    return "\n".join(lines)


def _metavar(option: click.Option) -> list[str]:
    return [] if option.is_flag else [option.make_metavar(click.Context(click.Command("x")))]


def operator(text: str) -> str:
    """docs/operator.md with its tables as they should be."""
    for name, table in (("settings", settings_table()), ("commands", commands_table())):
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            sys.exit(f"huoshui: {OPERATOR.relative_to(ROOT)} lacks {begin} … {end}")
        text = f"{head}{begin}\n{table}\n{end}{tail}"
    return text


def documents() -> dict[Path, str]:
    """Every generated document as it should be."""
    return {ERRORS: errors(), OPERATOR: operator(OPERATOR.read_text(encoding="utf-8"))}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only tell whether they are up to date")
    check = parser.parse_args().check
    set_up()
    stale = {p: t for p, t in documents().items() if not p.exists() or p.read_text(encoding="utf-8") != t}
    for path, text in stale.items():
        if not check:
            path.write_text(text, encoding="utf-8")
        print(f"docs: {path.relative_to(ROOT)} {'is not up to date' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
