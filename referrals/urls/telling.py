"""Pages about what people are told: choices, proof of delivery, and what did not arrive."""

from django.urls import path

from ..views import incidents, notification_choices, told

urlpatterns = [
    path(
        "notifications/preferences/", notification_choices.notification_choices, name="notification_choices"
    ),
    path("notifications/address/", notification_choices.address_works, name="address_works"),
    path("cases/<str:reference>/told/", told.case_told, name="case_told"),
    path("cases/<str:reference>/told/<uuid:public_id>/again/", told.tell_again, name="tell_again"),
    path("operations/incidents/", incidents.incidents, name="incidents"),
    path("operations/incidents/<int:pk>/", incidents.incident, name="incident"),
    path("operations/incidents/<int:pk>/owner/", incidents.incident_owner, name="incident_owner"),
]
