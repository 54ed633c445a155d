"""Addresses of the signed-in office; one module per part of the house."""

from django.urls import path

from huoshui.web.office import home

urlpatterns = [path("", home.today, name="today")]
