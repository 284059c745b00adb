"""Exports of lists."""

from django.urls import path

from ..views import exports

urlpatterns = [
    path("exports/", exports.exports, name="exports"),
    path("exports/new/", exports.export_new, name="export_new"),
    path("exports/<str:reference>/", exports.export, name="export"),
    path("exports/<str:reference>/file/", exports.export_file, name="export_file"),
]
