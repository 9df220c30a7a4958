"""Who asks for an address: everybody that matters, and no more than an address can bear."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from opscheck.model.cross_origin import CorsPolicy, Visitor
from opscheck.model.origin import FAMILIES
from suites.cors import visitors

ONE = CorsPolicy(("https://app.example.org",), methods=("GET", "POST"), headers=("content-type",))
MANY = CorsPolicy(
    tuple(f"https://app{number}.example.org" for number in range(30)),
    tuple(f"https://old{number}.example.org" for number in range(30)),
    methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
    headers=("content-type", "authorization"),
)


def roles(asking: Sequence[tuple[Visitor, object]]) -> list[str]:
    """The roles of those who ask."""
    return [visitor.role for visitor, _ in asking]


def test_everybody_asks_for_a_success() -> None:
    """The allowed origin, nobody, a stranger, null, and each look-alike once; some with a cookie."""
    asking, left = visitors.plain(ONE)

    with_cookie = ["allowed", "foreign", "null"]
    assert sorted(roles(asking)) == sorted(["none", *with_cookie, *FAMILIES, *with_cookie])
    assert [visitor.role for visitor, cookie in asking if cookie] == with_cookie
    assert left == 0


def test_without_a_policy_strangers_ask() -> None:
    """Nothing has to be known of a service to ask it."""
    assert roles(visitors.plain(CorsPolicy())[0]) == ["none", "foreign", "null", "foreign", "null"]
    assert roles(visitors.on_errors(CorsPolicy())[0]) == ["none", "foreign", "null"]
    assert visitors.before_sending(CorsPolicy())[0] == [(visitors.FOREIGN, "POST"), (Visitor("null", "null"), "POST")]


@pytest.mark.parametrize("policy", [ONE, MANY, CorsPolicy(), CorsPolicy(("*",), MANY.refused)])
def test_an_address_can_bear_it(policy: CorsPolicy) -> None:
    """At most forty requests to one address, also where all preflights go there, and none twice."""
    plain, _ = visitors.plain(policy)
    before, _ = visitors.before_sending(policy)

    assert len(plain) + len(before) <= 40
    assert len(set(plain)) == len(plain)
    assert len(set(before)) == len(before)


def test_what_is_left_out_is_counted() -> None:
    """A long list is asked for in part, and the report says so."""
    assert visitors.plain(MANY)[1] == 25 + 27
    assert visitors.on_errors(MANY)[1] == 25
    assert visitors.before_sending(MANY)[1] == 30 * 5 - 6 + 29


def test_look_alikes_are_of_several_origins() -> None:
    """Where there are several allowed origins, each lends some of them."""
    alike = visitors.alike(MANY)

    assert {visitor.role for visitor in alike} == set(FAMILIES)
    assert len({visitor.like for visitor in alike}) == len(alike)


def test_an_allowed_origin_is_no_look_alike() -> None:
    """Two allowed origins may look like each other."""
    both = CorsPolicy(("https://app.example.org", "http://app.example.org", "https://app.example.org:8443"))
    strangers = {visitor.origin for visitor in visitors.alike(both)}

    assert strangers.isdisjoint(both.allowed)
    assert "null" not in {visitor.role for visitor in visitors.foreign(CorsPolicy(("null",)))}


def test_what_is_tolerated_is_not_asked() -> None:
    """A service that means to let in every sub-domain says so."""
    tolerant = CorsPolicy(("https://app.example.org",), tolerated=("subdomain", "port"))

    assert {visitor.role for visitor in visitors.alike(tolerant)} == set(FAMILIES) - {"subdomain", "port"}


def test_a_mistake_in_the_policy_is_not_sent() -> None:
    """What no browser sends is told, not tried."""
    wrong = CorsPolicy(("https://app.example.org/", "https://b.example"), ("old.example.org",))

    assert [visitor.origin for visitor in visitors.allowed(wrong)] == ["https://b.example"]
    assert visitors.refused(wrong) == []
    assert len(wrong.mistakes()) == 2


@pytest.mark.parametrize(
    ("methods", "headers", "asked"),
    [
        (("GET", "POST"), (), []),
        (("GET",), ("x-a",), ["GET"]),
        (("GET", "DELETE"), (), ["DELETE"]),
        (("GET", "DELETE"), ("x-a",), ["GET", "DELETE"]),
    ],
)
def test_leave_is_asked_for_where_it_is_needed(
    methods: tuple[str, ...], headers: tuple[str, ...], asked: list[str]
) -> None:
    """A browser asks for methods other than the plain ones, and for headers."""
    policy = CorsPolicy(("https://app.example.org",), methods=methods, headers=headers)
    before, _ = visitors.before_sending(policy)

    assert [method for visitor, method in before if visitor.role == "allowed"] == asked
