"""Intake, review and decision."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
