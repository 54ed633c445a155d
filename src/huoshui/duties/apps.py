from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "huoshui.duties"
    label = "duties"

    def ready(self) -> None:
        from huoshui.duties import access, sign_in  # noqa: F401 - declares the permissions; listens
        from huoshui.duties.schema import SECTION
        from huoshui.packs.contract import register

        register(SECTION)
