from django.apps import AppConfig


class ServicesConfig(AppConfig):
    name = "huoshui.services"
    label = "services"

    def ready(self) -> None:
        from huoshui.packs.contract import register, register_stands_on
        from huoshui.services import access  # noqa: F401 - declares the permissions
        from huoshui.services.soundness import SECTIONS
        from huoshui.services.standing import open_requests

        for section in SECTIONS:
            register(section)
        register_stands_on(open_requests)
