"""What a history can be asked for: as of a day, as a file, how to check it, and making a text unreadable."""

from django.urls import path

from ..views import as_of, history_files, redactions

urlpatterns = [
    path("cases/<str:reference>/history/file/", history_files.case_history_file, name="case_history_file"),
    path("cases/<str:reference>/as-of/", as_of.case_as_of, name="case_as_of"),
    path("verify/histories/", history_files.daily_heads, name="daily_heads"),
    path("verify/histories/verify_export.py", history_files.verifier, name="history_verifier"),
    path("redactions/", redactions.redactions, name="redactions"),
    path("redactions/<int:pk>/", redactions.redaction, name="redaction"),
]
