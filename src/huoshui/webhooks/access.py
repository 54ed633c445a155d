"""The permission of webhooks: to have events sent to another system."""

from huoshui.kernel.access import declare_permissions

declare_permissions({"webhook.manage": {"zh": "设置事件推送", "en": "Set webhooks"}})
