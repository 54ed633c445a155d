"""Permissions of packs."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "pack.view": {"zh": "查看机制", "en": "View packs"},
        "pack.load": {"zh": "装载机制", "en": "Load packs"},
    }
)
