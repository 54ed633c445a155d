from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "huoshui.figures"
    label = "figures"

    def ready(self) -> None:
        from huoshui.figures import access  # noqa: F401 - declares the permissions
        from huoshui.figures.searchables import SEARCHABLES
        from huoshui.figures.soundness import SECTIONS
        from huoshui.packs.contract import register
        from huoshui.search.registry import register as register_searchable

        for section in SECTIONS:
            register(section)

        for searchable in SEARCHABLES:
            register_searchable(searchable)
