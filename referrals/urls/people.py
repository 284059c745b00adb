"""Organizations, their people, reviews of who may act for them, and records opened in an emergency."""

from django.urls import path

from ..views import access_reviews, invitations, openings, organizations, people

urlpatterns = [
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/new/", organizations.organization_propose, name="organization_propose"),
    path("organizations/proposed/<int:pk>/", organizations.admission, name="admission"),
    path("organizations/of/<slug:code>/", people.organization, name="organization"),
    path("organizations/of/<slug:code>/invite/", people.organization_invite, name="organization_invite"),
    path("organizations/capacities/<int:pk>/end/", people.capacity_end, name="capacity_end"),
    path("organizations/capacities/<int:pk>/unlock/", people.account_unlock, name="account_unlock"),
    path("organizations/reviews/", access_reviews.access_reviews, name="access_reviews"),
    path("organizations/reviews/<int:pk>/", access_reviews.access_review, name="access_review"),
    path("invitations/<uuid:public_id>/<slug:secret>/", invitations.invitation, name="invitation"),
    path("openings/", openings.openings, name="openings"),
    path("openings/<int:pk>/", openings.opening, name="opening"),
    path("cases/<str:reference>/opened/", openings.case_opened, name="case_opened"),
]
