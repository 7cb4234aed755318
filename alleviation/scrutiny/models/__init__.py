"""Who explained a red flag and why; who may take away a file of many households."""

from alleviation.scrutiny.models.downloads import BulkDownload
from alleviation.scrutiny.models.states import RequestState
from alleviation.scrutiny.models.waivers import Waiver

__all__ = ["BulkDownload", "RequestState", "Waiver"]
