"""The agency's side and the requests for statements."""

from django.urls import path

from ..views import (
    assessments,
    matters,
    public_copies,
    soi_requests,
    statement_numbers,
    statements,
    stay_support,
)

urlpatterns = [
    path("statement-requests/new/", soi_requests.soi_request_new, name="soi_request_new"),
    path(
        "statement-requests/<str:reference>/edit/<slug:part>/",
        soi_requests.soi_request_edit,
        name="soi_request_edit",
    ),
    path(
        "statement-requests/<str:reference>/assess/",
        assessments.soi_request_assess,
        name="soi_request_assess",
    ),
    path(
        "statement-requests/<str:reference>/matter/",
        assessments.soi_request_matter,
        name="soi_request_matter",
    ),
    path("statements/numbers/", statement_numbers.statement_numbers, name="statement_numbers"),
    path("matters/", matters.matters, name="matters"),
    path("matters/new/", matters.matter_edit, name="matter_new"),
    path("matters/import/", matters.matters_import, name="matters_import"),
    path("matters/<int:pk>/", matters.matter, name="matter"),
    path("matters/<int:pk>/edit/", matters.matter_edit, name="matter_edit"),
    path("matters/<int:pk>/statement/", matters.statement_new, name="statement_new"),
    path("statements/<str:reference>/edit/", statements.statement_edit, name="statement_edit"),
    path("statements/<str:reference>/public-copy/", public_copies.public_copy, name="public_copy"),
    path("statements/<str:reference>/letter/", statements.statement_preview, name="statement_preview"),
    path(
        "stay-support/<str:reference>/letter/",
        stay_support.stay_support_preview,
        name="stay_support_preview",
    ),
]
