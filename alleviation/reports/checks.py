"""Every check there is, from the ground up; later ones are added to the lists of their floor."""

from alleviation.audit import verification as of_trail
from alleviation.common.checks import Check
from alleviation.evidence import verification as of_evidence
from beneficiaries import verification as of_beneficiaries
from projects import verification as of_projects

CHECKS: tuple[Check, ...] = (
    *of_trail.CHECKS,
    *of_evidence.CHECKS,
    *of_projects.CHECKS,
    *of_beneficiaries.CHECKS,
)
