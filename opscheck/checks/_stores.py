"""What the checks of stores share: the words for a store that did not come to say what was asked."""

from __future__ import annotations

from opscheck.checks._words import shown, unclear
from opscheck.model import Verdict
from opscheck.model.store import StoreSession


def not_told(store: StoreSession, reason: str, *, expected: str) -> Verdict:
    """The verdict where the conversation ended before; whether the login is good is another check's question."""
    broken = next((step for step in store.steps if not step.ok), None)
    if broken is None:
        return unclear(reason, expected=expected, observed="the store was not asked for it", remedy="ask for it again")
    observed = f"{broken.name} refused with code {broken.code}: {shown(broken.detail)}"
    return unclear(reason, expected=expected, observed=observed, remedy="see the check store-login of this store")
