"""Time to forget: what is due, batches and their certificates, legal holds, keys, and a worker's wish."""

from django.urls import path

from ..views import dispositions, holds, retention

urlpatterns = [
    path("retention/", retention.retention, name="retention"),
    path("retention/keys/", retention.data_keys, name="data_keys"),
    path("retention/holds/", holds.holds, name="holds"),
    path("retention/holds/<int:pk>/", holds.hold, name="hold"),
    path("retention/batches/<int:pk>/", dispositions.disposition, name="disposition"),
    path(
        "retention/batches/<int:pk>/items/<int:number>/",
        dispositions.disposition_item,
        name="disposition_item",
    ),
    path("retention/batches/<int:pk>/certificate/", dispositions.certificate, name="disposition_certificate"),
    path("workers/<str:token>/forget/", retention.worker_wish, name="worker_wish"),
]
