"""Whether the system does its work."""

from django.urls import path

from ..views import operations

urlpatterns = [
    path("operations/", operations.operations, name="operations"),
]
