"""Names as offices write them, as people say them, and as they are typed in pinyin."""

from __future__ import annotations

import re

COMMITTEES = re.compile("(村民委员会|居民委员会|居委会)$")


def short_name_of(name: str) -> str:
    """The name as spoken: 寨卜昌村村民委员会 -> 寨卜昌村, 韩愈路社区居民委员会 -> 韩愈路社区, 张庄村委会 -> 张庄村."""
    if name.endswith("村委会"):
        village = name.removesuffix("村委会")
        return village if village.endswith("村") else f"{village}村"
    return COMMITTEES.sub("", name) or name


def initials_of(name: str) -> str:
    """Pinyin initials, lower case: 寨卜昌村 -> zbcc. What is not Chinese stays."""
    # Its dictionary takes a fifth of a second to load: a command that only lists should not wait for it.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower()[:60]


def spellings(name: str) -> dict[str, str]:
    """The three columns of a place's name: official, as spoken, initials."""
    short = short_name_of(name)
    return {"name": name, "short_name": short, "initials": initials_of(short)}
