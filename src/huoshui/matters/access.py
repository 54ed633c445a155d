"""Permissions of matters; who may take a transition is said by the workflow's roles."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "matter.view": {"zh": "查看事项", "en": "View matters"},
        "matter.open": {"zh": "立项登记", "en": "Open matters"},
        "matter.assign": {"zh": "指定责任人", "en": "Assign matters"},
        "letter.issue": {"zh": "签发督办函", "en": "Issue supervision letters"},
        "letter.template": {"zh": "更换督办函模板", "en": "Replace the template of letters"},
        "matter.export": {"zh": "导出台账", "en": "Export the ledger"},
        "view.share": {"zh": "与本单位共享台账视图", "en": "Share ledger views with one's unit"},
        "matter.run_clocks": {"zh": "推进时限与督办", "en": "Run clocks and the ladder"},
    }
)
