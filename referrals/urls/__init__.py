"""Addresses of the pages, by area. Someone else's record is 404."""

from . import dhs, pages, statement_side, worker_side

urlpatterns = [
    *pages.urlpatterns,
    *statement_side.urlpatterns,
    *worker_side.urlpatterns,
    *dhs.urlpatterns,
]
