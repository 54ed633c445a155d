from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "huoshui.publications"
    label = "publications"

    def ready(self) -> None:
        from huoshui.publications import access  # noqa: F401 - declares the permissions
        from huoshui.publications.searchables import SEARCHABLES
        from huoshui.search.registry import register as register_searchable

        for searchable in SEARCHABLES:
            register_searchable(searchable)
