"""Who explained a red flag, and why."""

from alleviation.scrutiny.models.waivers import Waiver, WaiverState

__all__ = ["Waiver", "WaiverState"]
