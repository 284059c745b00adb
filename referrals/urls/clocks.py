"""The clocks of a case: ordering one to stand still, and lifting such an order."""

from django.urls import path

from ..views import clocks

urlpatterns = [
    path("cases/<str:reference>/clocks/<slug:key>/pause/", clocks.clock_pause, name="clock_pause"),
    path(
        "cases/<str:reference>/clocks/<slug:key>/pauses/<int:line>/lift/",
        clocks.clock_lift,
        name="clock_lift",
    ),
]
