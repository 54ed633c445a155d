from django.apps import AppConfig


class MattersConfig(AppConfig):
    name = "huoshui.matters"
    label = "matters"

    def ready(self) -> None:
        from huoshui.kernel.triggers import around_migrations
        from huoshui.matters import access  # noqa: F401 - declares the permissions
        from huoshui.matters.counting import put_triggers, take_triggers_down
        from huoshui.matters.schema import section
        from huoshui.matters.searchables import SEARCHABLES
        from huoshui.matters.standing import open_matters
        from huoshui.packs.contract import register, register_stands_on
        from huoshui.search.registry import register as register_searchable

        register(section())
        register_stands_on(open_matters)
        around_migrations(self, put=put_triggers, take_down=take_triggers_down)

        for searchable in SEARCHABLES:
            register_searchable(searchable)
