"""Permissions of notices. Nobody needs one to read their own; there is none to read another's."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "notice.view": {"zh": "查看本人提醒", "en": "View own notices"},
        "notice.place_channel": {"zh": "设置地点的提醒通道", "en": "Set the channels of a place"},
    }
)
