from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "huoshui.search"
    label = "search"

    def ready(self) -> None:
        from huoshui.kernel.triggers import around_migrations
        from huoshui.search.marking import put_triggers, take_triggers_down
        from huoshui.search.registry import register
        from huoshui.search.standing import SEARCHABLES

        for searchable in SEARCHABLES:
            register(searchable)
        around_migrations(self, put=put_triggers, take_down=take_triggers_down)
