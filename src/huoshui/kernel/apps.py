from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "huoshui.kernel"
    label = "kernel"
