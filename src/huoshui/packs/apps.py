from django.apps import AppConfig


class PacksConfig(AppConfig):
    name = "huoshui.packs"
    label = "packs"

    def ready(self) -> None:
        from huoshui.packs import access  # noqa: F401 - declares the permissions
