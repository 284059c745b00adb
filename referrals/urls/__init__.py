"""Addresses of the pages, by area. Someone else's record is 404."""

from . import (
    clocks,
    dhs,
    exports,
    factors,
    histories,
    operations,
    pages,
    people,
    policy,
    retention,
    statement_side,
    telling,
    trails,
    worker_side,
)

urlpatterns = [
    *pages.urlpatterns,
    *clocks.urlpatterns,
    *statement_side.urlpatterns,
    *worker_side.urlpatterns,
    *dhs.urlpatterns,
    *histories.urlpatterns,
    *operations.urlpatterns,
    *policy.urlpatterns,
    *retention.urlpatterns,
    *telling.urlpatterns,
    *trails.urlpatterns,
    *exports.urlpatterns,
    *factors.urlpatterns,
    *people.urlpatterns,
]
