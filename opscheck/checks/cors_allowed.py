"""An allowed origin can read answers, errors too."""

from __future__ import annotations

from typing import Final

from opscheck.checks._cors import Defect, shared
from opscheck.checks._crossings import Found, broken, elsewhere, good_or_blind, is_promised, mistaken
from opscheck.model import HttpExchange, Verdict
from opscheck.model.cross_origin import Crossings
from opscheck.registry import check

_EXPECTED: Final = "one Access-Control-Allow-Origin, exactly the origin that asked or `*`, whatever the status"
_CAUSES: Final = {
    Defect.SEVERAL: "the service and the proxy in front of it both add the header",
    Defect.LIST: "a list of origins from the settings is sent as it stands; the header takes one origin",
    Defect.SPELLED: "the origin is sent as it was typed into the settings, not as browsers write it",
    Defect.OTHER: "one fixed origin is sent, whoever asks",
}
_LOST: Final = "errors are answered outside of the layer that adds the headers, or the proxy adds them to 2xx only"


@check(
    "cors-allowed",
    promise="A page of an allowed origin can read every answer, errors too.",
    concern="cors",
    faults={
        "cors-not-shared": "a success carries no Access-Control-Allow-Origin for an allowed origin",
        "cors-other-origin": "a fixed origin is named, which is not the one that asked",
        "cors-allow-origin-doubled": "the header is there twice, which browsers refuse",
        "cors-allow-origin-list": "the header holds a list, which browsers refuse",
        "cors-allow-origin-misspelt": "the origin has a trailing slash, upper case or its default port",
        "cors-lost-on-401": "the header is missing where signing in is asked for",
        "cors-lost-on-404": "the header is missing where nothing is found",
        "cors-lost-on-422": "the header is missing where a request is refused",
        "cors-lost-on-500": "the header is missing where the service fails",
    },
    remedy="look for the origin in the service's own list; then let one layer alone add the headers to every answer",
)
def cors_allowed(answers: Crossings) -> Verdict:
    """Judge the answers of one kind to the origins that may read them."""
    wrong_policy = mistaken(answers)
    if wrong_policy:
        return wrong_policy
    asked = [one for one in answers if one.visitor.role == "allowed" and not one.cookie]
    found, others, cause = [], [], ""
    for one in asked:
        if not isinstance(one.answer, HttpExchange):
            continue
        if not is_promised(answers.kind, one.answer):
            others.append(one)
            continue
        ruling = shared(one.answer, one.visitor.origin, credentials=False)
        if ruling.defect is not None:
            found.append(Found(one, f"{one.visitor} cannot read the {one.answer.status}: {ruling.why}"))
            lost = ruling.defect is Defect.ABSENT and answers.kind != "ok"
            cause = cause or (_LOST if lost else _CAUSES.get(ruling.defect, ""))
    if found:
        return broken(found, expected=_EXPECTED, likely_cause=cause)
    if others:
        return elsewhere(answers, others, expected=_EXPECTED)
    good = f"every allowed origin can read the answer ({len(asked)} asked)"
    return good_or_blind([answers], asked, good=good, expected=_EXPECTED)
