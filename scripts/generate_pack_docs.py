"""The generated parts of docs/packs.md: the built-in packs, from their manifests; the reference tables, from the typed
schemas of the sections and the declared permissions.

python scripts/generate_pack_docs.py           write them between the markers
python scripts/generate_pack_docs.py --check   fail when the file is not up to date
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs" / "packs.md"
REFERENCE = "<!-- generated: begin -->", "<!-- generated: end -->"
BUILT_IN = "<!-- built-in packs: begin -->", "<!-- built-in packs: end -->"
TITLES = {
    "place_kinds": "地点种类",
    "roles": "角色",
    "checklists": "考核细则",
    "matters": "事项种类",
    "activities": "活动种类",
    "services": "便民服务事项",
    "service_groups": "便民服务事项的类别",
    "service_bundles": "一件事打包办",
    "service_ratings": "好差评",
    "subsidies": "以奖代补",
    "indicators": "指标",
    "schedules": "周期性工作",
    "returns": "定期报表",
    "figure_rules": "数据核对规则",
    "documents": "文书",
}
PLAIN = {
    "str": "文字",
    "int": "整数",
    "bool": "true / false",
    "Decimal": "数字",
    "float": "数字",
    "date": "日期",
    "Any": "任意",
}


def main() -> int:
    """Write or check the document; 1 when a check finds it out of date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.settings")
    import django

    django.setup()
    text = DOCUMENT.read_text(encoding="utf-8")
    fresh = with_generated(text)
    if "--check" not in sys.argv:
        DOCUMENT.write_text(fresh, encoding="utf-8")
        return 0
    if fresh != text:
        print(f"{DOCUMENT.relative_to(ROOT)} is out of date: run python scripts/generate_pack_docs.py")
        return 1
    return 0


def with_generated(text: str) -> str:
    """The document with fresh tables between its markers."""
    return _between(_between(text, BUILT_IN, built_in_packs()), REFERENCE, reference())


def _between(text: str, markers: tuple[str, str], fresh: str) -> str:
    begin, end = markers
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n\n{fresh}\n{end}{after}"


def built_in_packs() -> str:
    """Code, name and description of every pack that comes with the product."""
    from django.conf import settings

    from huoshui.packs.contract import SECTIONS
    from huoshui.packs.reader import read_folder
    from huoshui.packs.schema import Manifest

    files = sorted(settings.BUILTIN_PACKS_DIR.glob("*/pack.yaml"))
    read = [read_folder(file.parent, set(SECTIONS)).manifest for file in files]
    manifests = [Manifest.model_validate(source.data) for source in read if source]
    lines = ["| 机制 | 名称 | 内容 |", "| --- | --- | --- |"]
    lines += [f"| `{pack.code}` | {pack.name.zh} | {_escaped(pack.description.zh)} |" for pack in manifests]
    return "\n".join(lines) + "\n"


def reference() -> str:
    """Manifest, every registered section, what they share, and the permissions."""
    from huoshui.packs.contract import SECTIONS
    from huoshui.packs.schema import Choice, FieldDef, Manifest, Text

    parts = [_tables("pack.yaml", "机制说明", Manifest)]
    for name, section in sorted(SECTIONS.items(), key=lambda pair: ([*TITLES, pair[0]].index(pair[0]), pair[0])):
        parts.append(_tables(f"{name}.yaml", TITLES.get(name, name), section.schema))
    parts.append("### 各部分共用\n\n" + "\n".join(_table(model.__name__, model) for model in (FieldDef, Choice, Text)))
    parts.append(_fact_views())
    parts.append(_permissions())
    return "\n".join(parts)


def models_of(schema: Any) -> Iterator[Any]:
    """A schema and every pack model that it holds, each once, outermost first."""
    from huoshui.packs.schema import PackModel

    ahead, seen = [schema], []
    while ahead:
        model = ahead.pop(0)
        if model in seen:
            continue
        seen.append(model)
        yield model
        for field in model.model_fields.values():
            ahead += [part for part in _parts(field.annotation) if issubclass(part, PackModel)]


def _parts(annotation: Any) -> Iterator[type]:
    if get_args(annotation) and get_origin(annotation) is not Literal:
        for part in get_args(annotation):
            yield from _parts(part)
    elif isinstance(annotation, type):
        yield annotation


def _tables(file: str, title: str, schema: Any) -> str:
    from huoshui.packs.schema import Choice, FieldDef, Text

    shared = {Choice, FieldDef, Text}
    tables = [_table(model.__name__, model) for model in models_of(schema) if model not in shared]
    return f"### {file}：{title}\n\n" + "\n".join(tables)


def _table(title: str, model: Any) -> str:
    lines = [f"**{title}** — {(model.__doc__ or '').strip().splitlines()[0]}", "", "| 键 | 类型 | 缺省 | 说明 |"]
    lines.append("| --- | --- | --- | --- |")
    for name, field in model.model_fields.items():
        words = _escaped(_type_words(field.annotation, field.metadata))
        lines.append(f"| `{field.alias or name}` | {words} | {_default(field)} | {_escaped(field.description or '')} |")
    return "\n".join(lines) + "\n"


def _default(field: Any) -> str:
    if field.is_required():
        return "必填"
    value = field.get_default(call_default_factory=True)
    if value is None or value == "" or value == [] or value == {}:
        return "无"
    if hasattr(type(value), "model_fields"):
        return "各键缺省"
    if isinstance(value, bool):
        return "`true`" if value else "`false`"
    return f"`{value}`"


def _type_words(annotation: Any, metadata: Any = ()) -> str:
    """A type in words: 文字 的列表, `yes` / `no`, a model by its name; what is read from a numeral is 数字."""
    from pydantic import WithJsonSchema

    from huoshui.packs.schema import PackModel, Text

    if any(isinstance(entry, WithJsonSchema) for entry in metadata):
        return PLAIN["Decimal"]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type_words(arguments[0], arguments[1:])
    if origin in (Union, UnionType):
        return " 或 ".join(_type_words(part) for part in arguments if part is not type(None))
    if origin is Literal:
        return " / ".join(f"`{value}`" for value in arguments)
    if origin is list:
        return f"{_type_words(arguments[0])} 的列表"
    if origin is dict:
        return f"{_type_words(arguments[0])} → {_type_words(arguments[1])}"
    if annotation is Text:
        return "{zh, en}"
    if isinstance(annotation, type) and issubclass(annotation, PackModel):
        return annotation.__name__
    return PLAIN.get(getattr(annotation, "__name__", ""), str(annotation))


def _fact_views() -> str:
    """Every fact view with its columns."""
    from huoshui.figures.facts import FACT_VIEWS

    types = {"text": "文字", "integer": "整数", "date": "日期", "yes_no": "是否"}
    lines = [
        "### 指标可数的记录",
        "",
        "指标的 `from` 写下列名称之一；`where`、`value`、`period` 等只能用它的列，另有 `place`（所在地点）。",
        "",
    ]
    for view in FACT_VIEWS.values():
        lines += [f"**{view.name}** — {view.about.zh}", "", "| 列 | 类型 | 说明 |", "| --- | --- | --- |"]
        lines += [
            f"| `{name}` | {types[column.type]} | {_escaped(column.about.zh)} |"
            for name, column in view.columns.items()
        ]
        lines.append("")
    return "\n".join(lines)


def _permissions() -> str:
    from huoshui.kernel.access import PERMISSIONS

    lines = [
        "### 权限",
        "",
        "角色的 `permissions` 从下列名称中选取。",
        "",
        "| 名称 | 中文 | English |",
        "| --- | --- | --- |",
    ]
    lines += [f"| `{name}` | {labels['zh']} | {labels['en']} |" for name, labels in sorted(PERMISSIONS.items())]
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
