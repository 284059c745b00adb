"""Pages for everybody."""

from django.urls import path

from ..views import cases

urlpatterns = [
    path("cases/<str:reference>/", cases.case, name="case"),
]
