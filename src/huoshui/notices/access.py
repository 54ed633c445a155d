"""Permissions of notices. Nobody needs one to read their own; there is none to read another's."""

from huoshui.kernel.access import declare_permissions

declare_permissions({"notice.view": {"zh": "查看本人提醒", "en": "View own notices"}})
