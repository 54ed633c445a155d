from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "huoshui.matters"
    label = "matters"

    def ready(self) -> None:
        from huoshui.matters import access  # noqa: F401 - declares the permissions
        from huoshui.matters.schema import section
        from huoshui.packs.contract import register

        register(section())
