"""Permissions of funds; who applies and approves is said by the pack's scheme."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "fund.view": {"zh": "查看专项资金", "en": "View funds"},
        "fund.allocate": {"zh": "下达专项资金", "en": "Allocate funds"},
    }
)
