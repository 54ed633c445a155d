from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "huoshui.visits"
    label = "visits"

    def ready(self) -> None:
        from huoshui.visits import access  # noqa: F401 - declares the permissions
