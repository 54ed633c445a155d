from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "huoshui.duties"
    label = "duties"

    def ready(self) -> None:
        from huoshui.duties import access, sign_in  # noqa: F401 - declares the permissions; listens
        from huoshui.duties.schema import SECTION
        from huoshui.duties.standing_on_packs import duties_in_roles
        from huoshui.packs.contract import register, register_stands_on

        register(SECTION)
        register_stands_on(duties_in_roles)
