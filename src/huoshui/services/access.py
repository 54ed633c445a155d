"""Permissions of services. What is offered is public, and shows with its place."""

from huoshui.kernel.access import declare_permissions

declare_permissions(
    {
        "service.view": {"zh": "查看服务申请和评价", "en": "View requests and ratings of services"},
        "service.ratings": {"zh": "查看逐条好差评", "en": "View each rating of services"},
        "service.publish": {"zh": "公布服务事项的办理点", "en": "Publish where services are offered"},
        "service.take": {"zh": "受理服务申请", "en": "Take requests for services"},
        "service.rate": {"zh": "录入纸质评价", "en": "Enter ratings on paper"},
        "service.run_clocks": {"zh": "重算服务承诺日期", "en": "Count promised days again"},
        "service.export": {"zh": "导出服务申请和评价", "en": "Export requests and ratings of services"},
    }
)
