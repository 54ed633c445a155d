from django.apps import AppConfig


class FormsConfig(AppConfig):
    name = "huoshui.forms"
    label = "forms"

    def ready(self) -> None:
        from huoshui.forms import access  # noqa: F401 - declares the permissions
        from huoshui.forms.searchables import SEARCHABLES
        from huoshui.search.registry import register as register_searchable

        for searchable in SEARCHABLES:
            register_searchable(searchable)
