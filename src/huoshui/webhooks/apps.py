from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "huoshui.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        from huoshui.webhooks import access  # noqa: F401 - declares the permission
