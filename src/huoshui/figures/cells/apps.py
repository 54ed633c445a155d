from django.apps import AppConfig


class CellsConfig(AppConfig):
    name = "huoshui.figures.cells"
    label = "figure_cells"

    def ready(self) -> None:
        from huoshui.figures.cells.marking import put_triggers, take_triggers_down
        from huoshui.kernel.triggers import around_migrations

        around_migrations(self, put=put_triggers, take_down=take_triggers_down)
