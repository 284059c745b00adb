"""Intake, review and decision."""

from django.urls import path

from ..views import decisions, grants, intake, letter_previews, overrides, reviews

urlpatterns = [
    path("review/<str:reference>/", reviews.review, name="review"),
    path("review/<str:reference>/completeness/", intake.completeness, name="completeness"),
    path("review/<str:reference>/routing/", intake.routing, name="routing"),
    path("review/<str:reference>/decision/", decisions.decision, name="decision"),
    path("review/<str:reference>/letter/<slug:name>/", letter_previews.letter_preview, name="letter_preview"),
    path("grants/<str:reference>/grounds/", grants.grant_grounds, name="grant_grounds"),
    path("overrides/", overrides.overrides, name="overrides"),
    path("overrides/<str:reference>/", overrides.override_new, name="override_new"),
]
