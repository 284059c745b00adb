"""The representative's side."""

from django.urls import URLPattern, path

from ..views import evidence, notices, packets, renewals, scope_checks, stays, worker_requests, workers

urlpatterns: list[URLPattern] = [
    path("workers/", workers.workers, name="workers"),
    path("workers/new/", workers.worker_new, name="worker_new"),
    path("workers/<str:token>/", workers.worker, name="worker"),
    path("workers/<str:token>/edit/", workers.worker_edit, name="worker_edit"),
    path(
        "workers/<str:token>/withdraw-consent/",
        workers.worker_consent_withdraw,
        name="worker_consent_withdraw",
    ),
    path("worker-requests/new/", worker_requests.request_new, name="request_new"),
    path("worker-requests/attach-statement/", worker_requests.statement_attach, name="statement_attach"),
    path("worker-requests/<str:reference>/edit/", worker_requests.request_edit, name="request_edit"),
    path("worker-requests/<str:reference>/packet/", packets.request_packet, name="request_packet"),
    path("worker-requests/<str:reference>/evidence/", evidence.request_evidence, name="request_evidence"),
    path(
        "worker-requests/<str:reference>/evidence/<int:number>/remove/",
        evidence.request_evidence_remove,
        name="request_evidence_remove",
    ),
    path(
        "worker-requests/<str:reference>/evidence/<int:number>/scan/",
        evidence.request_evidence_scan,
        name="request_evidence_scan",
    ),
    path(
        "worker-requests/<str:reference>/evidence/<int:number>/scan/remove/",
        evidence.request_evidence_scan_remove,
        name="request_evidence_scan_remove",
    ),
    path("worker-requests/<str:reference>/scope/", scope_checks.request_scope, name="request_scope"),
    path("worker-requests/<str:reference>/consent/", worker_requests.request_consent, name="request_consent"),
    path(
        "worker-requests/<str:reference>/consent/withdraw/",
        worker_requests.request_consent_withdraw,
        name="request_consent_withdraw",
    ),
    path(
        "worker-requests/<str:reference>/screening/",
        worker_requests.request_screening,
        name="request_screening",
    ),
    path("notices/", notices.notices, name="notices"),
    path("stays/new/", stays.stay_new, name="stay_new"),
    path("stays/<str:reference>/edit/", stays.stay_edit, name="stay_edit"),
    path("stays/<str:reference>/support/", stays.stay_support_new, name="stay_support_new"),
    path("grants/<str:reference>/renewal/", renewals.renewal_new, name="renewal_new"),
]
