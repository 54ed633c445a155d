from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "huoshui.activities"
    label = "activities"

    def ready(self) -> None:
        from huoshui.activities import access  # noqa: F401 - declares the permissions
        from huoshui.activities.schema import section
        from huoshui.packs.contract import register

        register(section())
