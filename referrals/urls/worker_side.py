"""The representative's side."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
