"""All cases, by name, in one place."""

from __future__ import annotations

from typing import Final

from tests.cors.case import Case
from tests.cors.reading_cases import READING
from tests.cors.sending_cases import SENDING

CASES: Final[tuple[Case, ...]] = (*READING, *SENDING)
