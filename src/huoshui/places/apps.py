from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "huoshui.places"
    label = "places"

    def ready(self) -> None:
        from huoshui.packs.contract import register, register_stands_on
        from huoshui.places import access  # noqa: F401 - declares the permissions
        from huoshui.places.schema import SECTION
        from huoshui.places.standing_on_packs import places_of_kinds

        register(SECTION)
        register_stands_on(places_of_kinds)
