from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "huoshui.exchange"
    label = "exchange"

    def ready(self) -> None:
        from huoshui.exchange import access  # noqa: F401 - declares the permission
