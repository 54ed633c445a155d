from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "huoshui.documents"
    label = "documents"

    def ready(self) -> None:
        from huoshui.documents import access  # noqa: F401 - declares the permissions
        from huoshui.documents.searchables import SEARCHABLES
        from huoshui.documents.soundness import SECTION
        from huoshui.packs.contract import register
        from huoshui.search.registry import register as register_searchable

        register(SECTION)

        for searchable in SEARCHABLES:
            register_searchable(searchable)
