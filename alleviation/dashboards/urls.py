"""Addresses of the dashboards."""

from django.urls import path

from alleviation.dashboards.figures import areas, explain, funding, income, overview
from alleviation.dashboards.help import pages as help_pages
from alleviation.dashboards.households import erase as person_erase
from alleviation.dashboards.households import find as household_find
from alleviation.dashboards.households import index as households
from alleviation.dashboards.households import reveal as household_reveal
from alleviation.dashboards.households import show as household
from alleviation.dashboards.households import warnings as household_warnings
from alleviation.dashboards.papers import alliances as alliance_papers
from alleviation.dashboards.papers import index as forms_on_paper
from alleviation.dashboards.papers import ledgers, notices, registers
from alleviation.dashboards.records import (
    alliances,
    awards,
    branches,
    claims,
    document_files,
    documents,
    evidence,
    evidence_gaps,
    organisations,
    people,
    pledges,
    projects,
    reconciliation,
    red_flag_cases,
    red_flags,
    sheet,
    sources,
)

app_name = "dashboards"
urlpatterns = [
    path("", overview.show, name="overview"),
    path("funding/", funding.show, name="funding"),
    path("sources/", sources.index, name="sources"),
    path("sources/<slug:code>/", sources.show, name="source"),
    path("pledges/<int:pk>/", pledges.show, name="pledge"),
    path("income/", income.show, name="income"),
    path("areas/", areas.nation, name="areas"),
    path("areas/<slug:code>/", areas.show, name="area"),
    path("households/", households.index, name="households"),
    path("households/<int:pk>/", household.show, name="household"),
    path("households/<int:pk>/reveal/", household_reveal.show, name="household-reveal"),
    path("households/<int:pk>/persons/<int:person>/erase/", person_erase.show, name="person-erase"),
    path("households/find/", household_find.show, name="household-find"),
    path("households/warnings/", household_warnings.show, name="household-warnings"),
    path("projects/", projects.index, name="projects"),
    path("projects/<slug:code>/", projects.show, name="project"),
    path("alliances/", alliances.index, name="alliances"),
    path("alliances/<int:pk>/", alliances.show, name="alliance"),
    path("papers/", forms_on_paper.show, name="papers"),
    path("papers/project-ledger/<slug:code>/", ledgers.of_project, name="paper-project-ledger"),
    path("papers/area-ledger/<slug:code>/", ledgers.of_area, name="paper-area-ledger"),
    path("papers/year-ledger/<int:year>/", ledgers.of_year, name="paper-year-ledger"),
    path("papers/project-notice/<slug:code>/", notices.of_project, name="paper-project-notice"),
    path("papers/area-notice/<slug:code>/", notices.of_area, name="paper-area-notice"),
    path("papers/register-notice/<slug:code>/", registers.notice_of_register, name="paper-register-notice"),
    path("papers/household-handbook/<int:pk>/", registers.handbook, name="paper-household-handbook"),
    path("papers/alliance-record/<int:pk>/", alliance_papers.record, name="paper-alliance-record"),
    path("people/", people.index, name="people"),
    path("people/<int:pk>/", people.show, name="person"),
    path("organisations/<int:pk>/", organisations.show, name="organisation"),
    path("branches/<int:pk>/", branches.show, name="branch"),
    path("awards/<int:pk>/", awards.show, name="award"),
    path("explain/<slug:slug>/", explain.show, name="explain"),
    path("explain/<slug:slug>.csv", explain.download, name="explain-csv"),
    path("records/<str:kind>/<int:pk>/", sheet.show, name="record"),
    path("evidence/", evidence_gaps.index, name="evidence"),
    path("evidence/<int:pk>/", evidence.download, name="evidence-file"),
    path("evidence/attach/<str:kind>/<int:pk>/", evidence.attach, name="evidence-attach"),
    path("evidence/withdraw/<int:pk>/", evidence.withdraw, name="evidence-withdraw"),
    path("documents/", documents.index, name="documents"),
    path("documents/<int:pk>/", documents.show, name="document"),
    path("documents/<int:pk>/original", document_files.original, name="document-original"),
    path("documents/<int:pk>/passage/", document_files.find, name="document-passage"),
    path("claims/", claims.index, name="claims"),
    path("red-flags/", red_flags.index, name="red-flags"),
    path("red-flags/<slug:slug>/", red_flags.show, name="red-flag"),
    path("red-flags/<slug:slug>/<str:key>/", red_flag_cases.show, name="red-flag-case"),
    path("claims/reconciliation/", reconciliation.index, name="reconciliation"),
    path("claims/<slug:code>/", claims.show, name="claim"),
    path("help/", help_pages.own, name="help"),
    path("help/figures/", help_pages.figures, name="help-figures"),
    path("help/<slug:role>/", help_pages.handbook, name="help-handbook"),
]
