"""Permissions of activities; who plans and records which is said by the roles of their kind."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "activity.view": {"zh": "查看活动", "en": "View activities"},
        "activity.import": {"zh": "批量导入活动", "en": "Import activities"},
        "activity.export": {"zh": "导出活动清单和记录本", "en": "Export activities and record books"},
    }
)
