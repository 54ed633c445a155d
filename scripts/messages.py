"""The message catalogues in src/huoshui/locale, with Babel (no GNU gettext needed).

    messages.py compile        .po to .mo, those that changed
    messages.py update         bring every .po up to date with the sources
    messages.py check          fail when a .po lacks a message, its translation or a placeholder
    messages.py add LOCALE     start a catalogue, e.g. `add en`

Messages come from Python sources, from Django templates and from the Jinja ones in web/repeated.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "huoshui"
LOCALES = PACKAGE / "locale"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}

MARKERS = ("gettext(", " _(")
"""What a line of a templatized page has when it names a message."""
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%%")


def extract_template(fileobj: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[Any]:
    """A Django template as the Python-like text that Django's own makemessages reads."""
    from django.utils.translation.template import templatize

    text = templatize(fileobj.read().decode("utf-8"))
    # What is no translation becomes runs of letters, which may not parse; each line of
    # calls is read by itself, with its own number.
    for number, line in enumerate(text.split("\n"), start=1):
        if any(marker in line for marker in MARKERS):
            source = io.BytesIO(line.strip().encode("utf-8"))
            for _, name, found, comments in extract_python(source, keywords, tags, {"encoding": "utf-8"}):
                yield number, name, found, comments


def configure_django() -> None:
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=False)


def extracted() -> Catalog:
    configure_django()
    catalog = Catalog(project="huoshui", charset="utf-8", fuzzy=False, header_comment="# Messages of Huoshui 活水.")
    methods: list[tuple[str, Any]] = [
        ("**/migrations/**.py", "ignore"),
        ("**.py", "python"),
        ("**/templates/**.html", extract_template),
        ("**/templates/**.txt", extract_template),
        ("**/repeated/**.html", "jinja2"),
    ]
    found = extract_from_dir(PACKAGE, methods, {}, keywords=KEYWORDS, comment_tags=("Translators:",))
    for name, _line, message, comments, context in found:
        # No line numbers: a catalogue then changes only when its messages do.
        catalog.add(message, None, [(Path(name).as_posix(), None)], auto_comments=comments, context=context)
    return catalog


def catalogues() -> list[Path]:
    return sorted(LOCALES.glob("*/LC_MESSAGES/*.po"))


def load(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=file.parent.parent.name)


def save(file: Path, catalog: Catalog) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, catalog, width=100, sort_output=True, include_lineno=False, ignore_obsolete=True)


def compile_all() -> int:
    for file in catalogues():
        target = file.with_suffix(".mo")
        if target.is_file() and target.stat().st_mtime >= file.stat().st_mtime:
            continue
        with target.open("wb") as output:
            write_mo(output, load(file))
        print(f"messages: {target.relative_to(ROOT)}")
    return 0


def update_all() -> int:
    template = extracted()
    for file in catalogues():
        catalog = load(file)
        catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
        save(file, catalog)
        print(f"messages: {file.relative_to(ROOT)} has {len(catalog)} messages")
    return 0


def texts_of(text: Any) -> list[str]:
    return [str(part) for part in text] if isinstance(text, tuple | list) else [str(text or "")]


def wrong(message: Message | None) -> str:
    """What is wrong with an entry of a catalogue; nothing when it is sound."""
    if message is None or message.fuzzy or not all(texts_of(message.string)):
        return "lacks"
    wanted = {frozenset(PLACEHOLDER.findall(text)) for text in texts_of(message.id)}
    if any(frozenset(PLACEHOLDER.findall(text)) not in wanted for text in texts_of(message.string)):
        return "has other placeholders for"
    return ""


def check_all() -> int:
    template = extracted()
    found = 0
    for file in catalogues():
        catalog = load(file)
        for message in template:
            fault = wrong(catalog.get(message.id, message.context)) if message.id else ""
            if fault:
                where = message.locations[0][0] if message.locations else "?"
                print(f"messages: {file.relative_to(ROOT)} {fault} {message.id!r} (from {where})")
                found += 1
    if not catalogues():
        print("messages: there is no catalogue")
    return 1 if found or not catalogues() else 0


def add(locale: str) -> int:
    file = LOCALES / locale / "LC_MESSAGES" / "django.po"
    if file.exists():
        print(f"huoshui: {file.relative_to(ROOT)} is there already", file=sys.stderr)
        return 1
    catalog = extracted()
    catalog.locale = locale
    save(file, catalog)
    print(f"messages: {file.relative_to(ROOT)} has {len(catalog)} messages")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["compile", "update", "check", "add"])
    parser.add_argument("locale", nargs="?", help="only for add, e.g. en")
    arguments = parser.parse_args()
    if arguments.command == "add":
        if not arguments.locale:
            parser.error("add needs a locale, e.g. en")
        return add(arguments.locale)
    return {"compile": compile_all, "update": update_all, "check": check_all}[arguments.command]()


if __name__ == "__main__":
    sys.exit(main())
