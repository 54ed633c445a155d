from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "huoshui.places"
    label = "places"

    def ready(self) -> None:
        from huoshui.packs.contract import register
        from huoshui.places import access  # noqa: F401 - declares the permissions
        from huoshui.places.schema import SECTION

        register(SECTION)
