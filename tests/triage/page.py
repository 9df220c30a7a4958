"""The runbook's sections, one for each shipped signature: `python -m tests.triage.page` writes them into the page."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from opscheck.triage import Signature, load_signatures

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "triage-and-waivers.md"
_START: Final = "## Known failures\n"


def section_of(signature: Signature) -> str:
    """What the page says of one."""
    return "\n".join(
        [
            f"### {signature.id}",
            "",
            f"**{_plain(signature.title)}**: {_plain(signature.cause)}.",
            "",
            f"- Confirm: `{signature.confirm}`",
            f"- Mend: {_plain(signature.remedy)}.",
            f"- Escalate: {_plain(signature.escalate)}.",
            "",
        ]
    )


def _plain(text: str) -> str:
    return text.replace("{component}", "a component").replace("{expect:ollama.model|llm.model}", "it")


def main() -> None:
    """Write all of them behind the heading that begins them."""
    before, heading, _ = PAGE.read_text().partition(_START)
    PAGE.write_text(before + heading + "\n" + "\n".join(section_of(one) for one in load_signatures()))


if __name__ == "__main__":
    main()
