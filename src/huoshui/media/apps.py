from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "huoshui.media"
    label = "media"
