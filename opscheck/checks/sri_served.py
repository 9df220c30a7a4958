"""What a host serves is what the manifest says, in every encoding."""

from __future__ import annotations

from typing import Final

from opscheck.checks._manifest import (
    BadManifest,
    Entry,
    Source,
    address,
    problems,
    read_manifest,
    told,
    unusable,
    url_of,
)
from opscheck.checks._page_load import BROKEN
from opscheck.checks._words import degraded, failed, passed, shown, unclear
from opscheck.model import Unmeasured, Verdict
from opscheck.model.page import Assets, Resource
from opscheck.registry import check

_EXPECTED: Final = "each file of the manifest is served, in every encoding with the bytes of its hash"


@check(
    "sri-served",
    promise="The host serves every file of the manifest with the bytes that its hash says, in every encoding.",
    concern="sri",
    faults={
        "served-drift": "the host serves another file than the manifest says: an old deployment, or a stale cache",
        "served-encoding-drift": "the host serves a file right in one encoding and stale in another",
        "served-missing": "the host does not serve a file that the manifest names",
        "served-manifest-unusable": "the manifest is no JSON object with files and hashes",
    },
    remedy="deploy page, assets and manifest together; purge the caches in between, and compress the assets again",
)
def sri_served(manifest: Source, assets: Assets) -> Verdict:
    """Judge what came for the files of a manifest."""
    try:
        entries = read_manifest(manifest)
    except BadManifest as error:
        return unusable(error, manifest, expected=_EXPECTED)
    useless = list(problems(entries))
    if useless:
        reason = f"{len(useless)} of {len(entries)} records of the manifest cannot be compared"
        return failed(reason, expected=_EXPECTED, observed=told(useless))
    seen = {address(one.url): one for one in assets.resources}
    pairs = [(entry, seen.get(address(url_of(entry, assets.base)))) for entry in entries]
    asked = [(entry, one) for entry, one in pairs if one is not None]
    wrong = [line for entry, one in asked if (line := difference(entry, one))]
    if wrong:
        reason = f"{len(wrong)} of {len(asked)} files are not served as the manifest says"
        return failed(reason, expected=_EXPECTED, observed=told(wrong))
    missed = [way.answer for _, one in asked for way in one.deliveries if isinstance(way.answer, Unmeasured)]
    if missed or not asked:
        reason = f"{len(missed)} answers could not be had" if missed else "no file of the manifest was asked for"
        lines = told(dict.fromkeys(f"{one.where}: {one.detail}" for one in missed)) or manifest.evidence().summary
        remedy = next((one.remedy for one in missed if one.remedy), "look at these addresses from here, then run again")
        return unclear(reason, expected=_EXPECTED, observed=lines, remedy=remedy)
    counted = f"{len(asked)} files, each asked for as {' '.join(way.encoding for way in asked[0][1].deliveries)}"
    if len(asked) < len(entries):
        reason = (
            f"{len(entries) - len(asked)} further files of the manifest were not asked for: a run may not ask so much"
        )
        return degraded(reason, expected=_EXPECTED, observed=counted, remedy="opscheck sri check --host asks for all")
    return passed("every file is served as the manifest says", expected=_EXPECTED, observed=counted)


def difference(entry: Entry, resource: Resource) -> str:
    """What is wrong with what is served for a file, in which encodings; empty where nothing is."""
    wrong: list[str] = []
    right: list[str] = []
    current = ""
    for way in resource.deliveries:
        if way.arrived:
            good = entry.matches(way.digests)
            (right if good else wrong).append(way.encoding)
            current = current if good else entry.current(way.digests)
        elif not isinstance(way.answer, Unmeasured) or way.answer.kind in BROKEN:
            wrong.append(way.encoding)
            current = way.told
    if not wrong:
        return ""
    ways = "" if not right else f" as {' and '.join(wrong)}, not as {' and '.join(right)}"
    return f"{shown(entry.path, 70)}{ways}: expected {shown(entry.expected, 40)}, current {shown(current, 50)[1:-1]}"
