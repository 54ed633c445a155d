from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "huoshui.figures"
    label = "figures"

    def ready(self) -> None:
        from huoshui.figures import access  # noqa: F401 - declares the permissions
        from huoshui.figures.soundness import SECTIONS
        from huoshui.packs.contract import register

        for section in SECTIONS:
            register(section)
