"""The faults of the catalog `cors`."""

from tests.proofs.judging import (  # noqa: F401 - collected here
    test_a_broken_service_turns_its_checks_red,
    test_the_unbroken_service_is_green,
)

CATALOG = "cors"
