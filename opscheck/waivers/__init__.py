"""Waivers: failures that somebody accepted for a reason until a date; the file, and what a run makes of it."""

from opscheck.report.waived import NOT_IN_ORDER
from opscheck.waivers.file import FILE_NAME, find_waivers, load_waivers
from opscheck.waivers.register import Waivers
from opscheck.waivers.waiver import Waiver

__all__ = ["FILE_NAME", "NOT_IN_ORDER", "Waiver", "Waivers", "find_waivers", "load_waivers"]
