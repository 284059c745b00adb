"""Who saw what, alerts about it, and the question why."""

from django.urls import path

from ..views import access_alerts, privacy_incidents, purposes, trails

urlpatterns = [
    path("reads/", trails.who_saw_what, name="who_saw_what"),
    path("reads/alerts/", access_alerts.access_alerts, name="access_alerts"),
    path("reads/alerts/<int:pk>/", access_alerts.access_alert, name="access_alert"),
    path("reads/incidents/", privacy_incidents.privacy_incidents, name="privacy_incidents"),
    path("reads/incidents/new/", privacy_incidents.privacy_incident_new, name="privacy_incident_new"),
    path("reads/incidents/<int:pk>/", privacy_incidents.privacy_incident, name="privacy_incident"),
    path("workers/<str:token>/disclosures/", trails.disclosures, name="disclosures"),
    path("cases/<str:reference>/purpose/", purposes.case_purpose, name="case_purpose"),
]
