"""Permissions of documents."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "document.view": {"zh": "查看文书", "en": "View documents"},
        "document.issue": {"zh": "起草和签发文书", "en": "Draft and issue documents"},
        "document.template": {"zh": "更换文书模板", "en": "Replace templates of documents"},
    }
)
