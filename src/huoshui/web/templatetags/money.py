"""Template filters of money, which is kept in fen."""

from __future__ import annotations

from django import template

from huoshui.matters.money.sums import wan_text, yuan_text

register = template.Library()
register.filter("yuan", yuan_text)
register.filter("wan", wan_text)
