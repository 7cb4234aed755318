from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProjectsConfig(AppConfig):
    """Places, organisations, alliances, projects, money and claims."""

    name = "projects"
    verbose_name = _("Projects and funds")
    # Every write of these leaves an event. Lists of places come by the hundred thousand and leave one for the list;
    # a series of vouchers is a counter.
    audited = (
        "projects.Organisation",
        "projects.PartyBranch",
        "projects.Official",
        "projects.Post",
        "projects.Award",
        "projects.Project",
        "projects.ProjectSite",
        "projects.Milestone",
        "projects.Alliance",
        "projects.AllianceParty",
        "projects.AllianceActivity",
        "projects.AlliancePledge",
        "projects.FundingSource",
        "projects.LedgerEntry",
        "projects.Document",
        "projects.Pledge",
        "projects.Claim",
        "projects.ClaimRelation",
    )

    # Files can prove these (alleviation/evidence).
    evidenced = ("projects.LedgerEntry", "projects.Pledge", "projects.Milestone")

    # What rows of households name: each machine has a copy (docs/citus.md). What is pointed at comes first.
    copied = ("projects.Division", "projects.Organisation", "projects.Official", "projects.Project")

    def ready(self) -> None:
        from projects.actions.cells import keep_cells
        from projects.rules import RULES

        self.triggers = RULES
        keep_cells()
