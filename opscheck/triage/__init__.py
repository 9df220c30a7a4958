"""Triage: which known failure the results of a run look like, what to do, and what nothing explains."""

from opscheck.triage.causes import explain
from opscheck.triage.file import FILE_NAME, load_signatures
from opscheck.triage.hosts import known_hosts
from opscheck.triage.signature import Condition, EvidenceTest, Signature

__all__ = ["FILE_NAME", "Condition", "EvidenceTest", "Signature", "explain", "known_hosts", "load_signatures"]
