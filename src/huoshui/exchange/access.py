"""Permissions of the exchange."""

from huoshui.kernel.access import declare_permissions

declare_permissions({"exchange.map": {"zh": "维护交换代码对照", "en": "Keep the codes of other systems"}})
