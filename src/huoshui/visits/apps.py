from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "huoshui.visits"
    label = "visits"

    def ready(self) -> None:
        from huoshui.packs.contract import register
        from huoshui.visits import access  # noqa: F401 - declares the permissions
        from huoshui.visits.checks import SECTION

        register(SECTION)
