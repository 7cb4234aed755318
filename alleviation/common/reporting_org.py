"""Who publishes, as the IATI standard names it, read from one setting."""

import re
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

# An agency that keeps a register of organisations, and the number there: CN-USCI-91440300…
REFERENCE = re.compile(r"[A-Z]{2,3}-[^\s/&|?]+")
# The kinds of organisation of the code list OrganisationType of IATI 2.03.
KINDS = frozenset(["10", "11", "15", "21", "22", "23", "24", "30", "40", "60", "70", "71", "72", "73", "80", "90"])
FORM = "reference|type|name|Chinese name"


@dataclass(frozen=True)
class ReportingOrg:
    """An organisation that publishes: its reference in a register, its kind by IATI's list, and its names."""

    ref: str
    kind: str
    name: str
    name_zh: str = ""


def reporting_org(told: str) -> ReportingOrg | None:
    """The organisation of the setting IATI_REPORTING_ORG; None where it is empty.

    Raises ImproperlyConfigured for what is no reference, type and name.
    """
    if not told.strip():
        return None
    parts = [part.strip() for part in told.split("|")]
    if len(parts) not in (3, 4) or not all(parts[:3]):
        raise ImproperlyConfigured(f"IATI_REPORTING_ORG must be {FORM}, the last part if there is one, not {told}")
    if not REFERENCE.fullmatch(parts[0]):
        raise ImproperlyConfigured(
            f"IATI_REPORTING_ORG begins with the reference in a register of organisations, such as "
            f"CN-USCI-91440300000000000X, not {parts[0]}"
        )
    if parts[1] not in KINDS:
        known = ", ".join(sorted(KINDS))
        raise ImproperlyConfigured(
            f"IATI_REPORTING_ORG has a type of organisation second, one of {known}, not {parts[1]}"
        )
    return ReportingOrg(*parts)
