"""How a measurement is taken: every probe returns an observation or an Unmeasured, and never raises."""

from opscheck.probes.http import HttpClient
from opscheck.probes.limits import Caps

__all__ = ["Caps", "HttpClient"]
