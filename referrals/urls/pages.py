"""Pages for everybody."""

from django.urls import path

from ..views import (
    assign_together,
    assignments,
    calculator,
    capacity,
    cases,
    desk,
    documents,
    history,
    inbox,
    mail,
    search,
    sessions,
    steps,
    timeline,
    together,
    verification,
)

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("together/", together.together, name="together"),
    path("together/who/", assign_together.together_assign, name="together_assign"),
    path("search/", search.search, name="search"),
    path("cases/<str:reference>/", cases.case, name="case"),
    path("cases/<str:reference>/steps/<slug:name>/", steps.case_step, name="case_step"),
    path("cases/<str:reference>/who/", assignments.case_assignment, name="case_assignment"),
    path("cases/<str:reference>/history/", history.case_history, name="case_history"),
    path("timeline/<str:reference>/", timeline.timeline, name="timeline"),
    path("documents/<uuid:public_id>/", documents.document, name="document"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<uuid:public_id>/", inbox.inbox_message, name="inbox_message"),
    path("mail/", mail.kept_mail, name="kept_mail"),
    path("session/", sessions.session, name="session"),
    path("capacity/", capacity.switch_capacity, name="switch_capacity"),
    path("deadlines/", calculator.deadline_calculator, name="deadline_calculator"),
    path("verify/", verification.verify_letter, name="verify_letter"),
]
