"""Permissions of figures."""

from huoshui.kernel.access import declare_permissions

declare_permissions({"figure.view": {"zh": "查看数据", "en": "View figures"}})
