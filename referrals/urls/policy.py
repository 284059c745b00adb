"""The rulebook: dated rules, their changes, closures, settings of agencies; who may sign, who stands in."""

from django.urls import path

from ..views import absences, agency_profiles, authority, closures, dhs_draft_checks, rule_changes, rules

urlpatterns = [
    path("rules/", rules.rules, name="rules"),
    path("rules/of/<str:jurisdiction>/<str:key>/", rules.rule, name="rule"),
    path("rules/of/<str:jurisdiction>/<str:key>/change/", rule_changes.rule_propose, name="rule_propose"),
    path("rules/rows/<int:pk>/check/", rules.rule_check, name="rule_check"),
    path("rules/changes/", rule_changes.rule_changes, name="rule_changes"),
    path("rules/changes/<int:pk>/", rule_changes.rule_change, name="rule_change"),
    path("rules/closures/", closures.closures, name="closures"),
    path("rules/closures/new/", closures.closure_new, name="closure_new"),
    path("rules/closures/<int:pk>/", closures.closure_change, name="closure_change"),
    path("rules/agencies/", agency_profiles.agency_profiles, name="agency_profiles"),
    path("rules/agencies/<slug:code>/", agency_profiles.agency_settings, name="agency_settings"),
    path("signatures/", authority.signatures, name="signatures"),
    path("signatures/new/", authority.signature_new, name="signature_new"),
    path("signatures/<int:pk>/", authority.signature, name="signature"),
    path("absences/", absences.absences, name="absences"),
    path("absences/act-for/", absences.act_for, name="act_for"),
    path("absences/<int:pk>/end/", absences.absence_end, name="absence_end"),
    path("statements/<str:reference>/dhs-draft/", dhs_draft_checks.dhs_draft_check, name="dhs_draft_check"),
]
