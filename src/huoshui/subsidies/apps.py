from django.apps import AppConfig


class SubsidiesConfig(AppConfig):
    name = "huoshui.subsidies"
    label = "subsidies"

    def ready(self) -> None:
        from huoshui.packs.contract import register
        from huoshui.subsidies import access  # noqa: F401 - declares the permissions
        from huoshui.subsidies.soundness import SECTION

        register(SECTION)
