from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "huoshui.services"
    label = "services"

    def ready(self) -> None:
        from huoshui.packs.contract import register
        from huoshui.services import access  # noqa: F401 - declares the permissions
        from huoshui.services.soundness import SECTIONS

        for section in SECTIONS:
            register(section)
