from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "huoshui.console"
    label = "console"

    def ready(self) -> None:
        from huoshui.console import access  # noqa: F401 - declares the permission
