"""Which events of the trail made a frozen figure another today; what none of them accounts for is said so."""

from alleviation.reports.closings.witnesses.explained import Explained, Unexplained, explain

__all__ = ["Explained", "Unexplained", "explain"]
