"""Permissions of places."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "place.view": {"zh": "查看地点", "en": "View places"},
        "place.edit": {"zh": "维护地点", "en": "Maintain places"},
        "place.reorganise": {"zh": "调整区划（更名、改隶、合并、拆分）", "en": "Rename, move, merge and split places"},
        "place.import": {"zh": "批量导入地点", "en": "Import places"},
        "honour.record": {"zh": "登记荣誉", "en": "Record honours"},
    }
)
