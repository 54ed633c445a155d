"""Permissions of accounts and duties, and the lookup of who holds a permission."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import get_language

from huoshui.kernel.access import answer_who_can_with, declare_permissions

declare_permissions(
    {
        "duty.view": {"zh": "查看职责", "en": "View duties"},
        "duty.grant": {"zh": "分派职责", "en": "Grant duties"},
        "account.manage": {"zh": "管理账号", "en": "Manage accounts"},
        "journal.view": {"zh": "查看日志", "en": "View the journal"},
    }
)


def holders(permission: str, path: str | None, pack: str | None) -> str:
    """Titles of roles held over ``path`` that carry the permission, with their place; at most three."""
    from huoshui.duties.models import Duty
    from huoshui.duties.queries import roles_with
    from huoshui.kernel import clock
    from huoshui.places.models import prefixes

    roles = roles_with(permission)
    duties = Duty.objects.in_force(clock.today()).filter(role__in=roles).select_related("place", "account")
    if path:
        duties = duties.filter(place__path__in=prefixes(path))
    if pack:
        duties = duties.filter(Q(pack="") | Q(pack=pack))
    separator = ", " if (get_language() or "zh").startswith("en") else "、"
    titles = dict.fromkeys(f"{duty.place.short_name}{roles[duty.role].name}" for duty in duties[:20])
    return separator.join(list(titles)[:3])


answer_who_can_with(holders)
