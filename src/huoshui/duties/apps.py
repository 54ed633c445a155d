from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "huoshui.duties"
    label = "duties"

    def ready(self) -> None:
        from huoshui.duties import access  # noqa: F401 - declares the permissions
        from huoshui.duties.schema import SECTION
        from huoshui.packs.contract import register

        register(SECTION)
