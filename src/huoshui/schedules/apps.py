from django.apps import AppConfig


class SchedulesConfig(AppConfig):
    name = "huoshui.schedules"
    label = "schedules"

    def ready(self) -> None:
        from huoshui.packs.contract import register
        from huoshui.schedules import access  # noqa: F401 - declares the permissions
        from huoshui.schedules.schema import SECTION

        register(SECTION)
