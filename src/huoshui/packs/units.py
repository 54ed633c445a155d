"""Units as they are shown: those that packs use often have an English word; others stand as the pack wrote them."""

from __future__ import annotations

from functools import lru_cache

from django.utils.translation import get_language, pgettext


def unit_word(unit: str) -> str:
    """A unit in the reader's language."""
    return _words(get_language()).get(unit, unit)


def usual_units() -> list[str]:
    """Those that packs use often, for choosing from."""
    return sorted(_words(get_language()))


@lru_cache
def _words(_language: str | None) -> dict[str, str]:
    """The units that have a word in a language, the one in use. The same sign counts other things elsewhere."""
    return {
        "平方米": pgettext("unit", "平方米"),
        "立方米": pgettext("unit", "立方米"),
        "米": pgettext("unit", "米"),
        "公里": pgettext("unit", "公里"),
        "亩": pgettext("unit", "亩"),
        "吨": pgettext("unit", "吨"),
        "元": pgettext("unit", "元"),
        "万元": pgettext("unit", "万元"),
        "亿元": pgettext("unit", "亿元"),
        "人": pgettext("unit", "人"),
        "名": pgettext("unit", "名"),
        "人次": pgettext("unit", "人次"),
        "万人": pgettext("unit", "万人"),
        "户": pgettext("unit", "户"),
        "个": pgettext("unit", "个"),
        "所": pgettext("unit", "所"),
        "处": pgettext("unit", "处"),
        "座": pgettext("unit", "座"),
        "栋": pgettext("unit", "栋"),
        "间": pgettext("unit", "间"),
        "张": pgettext("unit", "张"),
        "件": pgettext("unit", "件"),
        "项": pgettext("unit", "项"),
        "条": pgettext("unit", "条"),
        "种": pgettext("unit", "种"),
        "份": pgettext("unit", "份"),
        "万份": pgettext("unit", "万份"),
        "次": pgettext("unit", "次"),
        "场": pgettext("unit", "场"),
        "期": pgettext("unit", "期"),
        "届": pgettext("unit", "届"),
        "分": pgettext("unit", "分"),
        "年": pgettext("unit", "年"),
        "天": pgettext("unit", "天"),
        "小时": pgettext("unit", "小时"),
        "分钟": pgettext("unit", "分钟"),
    }
