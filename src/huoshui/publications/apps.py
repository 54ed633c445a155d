from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "huoshui.publications"
    label = "publications"

    def ready(self) -> None:
        from huoshui.publications import access  # noqa: F401 - declares the permissions
