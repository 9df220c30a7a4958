"""Secrets that are known by how they look, whatever stands before them: the marks that issuers give their tokens."""

from __future__ import annotations

import re
from typing import Final

from opscheck.redact import MASK

# Each begins with a mark of its issuer, so that nothing else is taken for one; lengths are those that issuers state,
# or less where they state none.
_SHAPES: Final = (
    r"eyJ[\w-]{10,}\.[\w-]{4,}\.[\w-]*",  # a JWT: {" in base64, twice, and a signature
    r"eyJ[\w+/=-]{60,}",  # JSON in base64, as a tunnel's token is
    r"gh[pousr]_[A-Za-z0-9]{36,}",  # GitHub
    r"github_pat_\w{50,}",
    r"gl(?:pat|ptt|dt|rt|soat|cbt)-[\w-]{20,}",  # GitLab
    r"sk-(?:proj-|ant-|or-)?[\w-]{20,}",  # OpenAI, Anthropic, OpenRouter, LiteLLM
    r"hf_[A-Za-z]{30,}",  # Hugging Face
    r"gsk_[A-Za-z0-9]{40,}",  # Groq
    r"xox[abceprs]-[\w-]{10,}|xapp-[\w-]{20,}",  # Slack
    r"(?<=hooks\.slack\.com/services/)[\w/]{20,}",
    r"(?<=discord\.com/api/webhooks/)\d+/[\w-]{20,}",
    r"AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}",  # AWS; names a key, and is not to be spread either
    r"AIza[\w-]{35}",  # Google
    r"(?:sk|rk|pk)_live_[A-Za-z0-9]{16,}",  # Stripe
    r"npm_[A-Za-z0-9]{36}",
    r"pypi-[\w-]{50,}",
    r"dop_v1_[a-f0-9]{64}",  # DigitalOcean
    r"hvs\.[\w-]{24,}",  # Vault
    r"glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}",  # Grafana
    r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}",  # a password's hash, as htpasswd writes it
    r"\$(?:1|5|6|apr1|y)\$[./\w$=,-]{16,}",
)
# At the beginning of a word; the end of an escape, as in "A=1\ntoken" or ?a%3Dtoken, is none of it.
_HEX: Final = "[0-9A-Fa-f]"
_BEGINS: Final = rf"(?:(?<![A-Za-z0-9])|(?<=\\[abefnrtv0])|(?<=%{_HEX}{{2}})|(?<=\\u{_HEX}{{4}})|(?<=\\x{_HEX}{{2}}))"
_ANY: Final = re.compile(rf"{_BEGINS}(?:{'|'.join(_SHAPES)})")


def without_tokens(text: str) -> str:
    """The text with each of them as the mask."""
    return _ANY.sub(MASK, text)
