from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "huoshui.forms"
    label = "forms"

    def ready(self) -> None:
        from huoshui.forms import access  # noqa: F401 - declares the permissions
