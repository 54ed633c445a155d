"""Permissions of accounts and duties, and the lookup of who holds a permission."""

from __future__ import annotations

from huoshui.kernel.access import answer_who_can_with, declare_permissions
from huoshui.kernel.wording import listed

declare_permissions(
    {
        "duty.view": {"zh": "查看职责", "en": "View duties"},
        "duty.grant": {"zh": "分派职责", "en": "Grant duties"},
        "account.manage": {"zh": "管理账号", "en": "Manage accounts"},
        "journal.view": {"zh": "查看日志", "en": "View the journal"},
    },
    # Whoever could give out duties or manage accounts for another could make the leave last for ever.
    undelegable=("duty.grant", "account.manage"),
)


def holders(permission: str, path: str | None, pack: str | None) -> str:
    """Titles of roles held over ``path`` that carry the permission, with their place; at most three."""
    from huoshui.duties.queries import holding, roles

    titles_of = roles()
    duties = holding(permission, path, pack).select_related("place")
    titles = dict.fromkeys(titles_of[duty.role].titled_at(duty.place.short_name) for duty in duties[:20])
    return listed(list(titles)[:3])


answer_who_can_with(holders)
