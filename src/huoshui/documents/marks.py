"""Marks around figures in a filled document, by which each is found again in Word, PDF and page.

A figure's text stands between two marks, with its number in front: characters of the private use area of Unicode, which
nobody types and XML allows. ``without`` takes them out of what users wrote.
"""

from __future__ import annotations

import re

BEGIN, MIDDLE, END = "\ue000", "\ue001", "\ue002"
MARKED = re.compile(f"{BEGIN}(\\d+){MIDDLE}([^{BEGIN}{END}]*){END}")


def marked(number: int, text: str) -> str:
    """The text of the figure with a number."""
    return f"{BEGIN}{number}{MIDDLE}{text}{END}"


def without(text: str) -> str:
    """A text with no such characters."""
    return re.sub(f"[{BEGIN}{MIDDLE}{END}]", "", text)


def divided(text: str) -> list[tuple[str, int | None]]:
    """The text in pieces, each with the number of its figure, or None."""
    found: list[tuple[str, int | None]] = []
    at = 0
    for match in MARKED.finditer(text):
        if match.start() > at:
            found.append((without(text[at : match.start()]), None))
        found.append((match.group(2), int(match.group(1))))
        at = match.end()
    if at < len(text):
        found.append((without(text[at:]), None))
    return found


def plain(text: str) -> str:
    """The text alone."""
    return without(MARKED.sub(r"\2", text))
