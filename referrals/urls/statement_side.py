"""The agency's side and the requests for statements."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
