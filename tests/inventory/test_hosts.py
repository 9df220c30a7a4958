"""Host files and system packs: what is wrong is told in one line with the place and the nearest right word."""

from __future__ import annotations

from pathlib import Path

import pytest

from opscheck.errors import InventoryError, UserError
from opscheck.inventory import Inventory, find_inventory, load_inventory, load_system, pack_files, select
from opscheck.model import Host, HostKind, Limits


def written(folder: Path, text: str) -> Path:
    """A host file."""
    path = folder / "opscheck.toml"
    path.write_text(text)
    return path


def prod(folder: Path, text: str) -> Host:
    """The host `prod` of a host file."""
    return select(["prod"], load_inventory(written(folder, text)))[0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[hosts.prod]\nsystm = "x"\n', 'line 2: hosts.prod.systm: unknown key; did you mean "system"?'),
        ('[host.prod]\nurl = "https://a"\n', 'line 1: host: unknown key; did you mean "hosts"?'),
        ("[hosts.prod]\nurl = 5\n", "line 2: hosts.prod.url: 5 is not of type 'string'"),
        ('[hosts.prod]\nurl = "https://ops:pw@a"\n', "line 2: hosts.prod.url: is no http or https URL without"),
        ('[hosts.prod]\nurl = "ftp://a"\n', "line 2: hosts.prod.url: is no http or https URL"),
        (
            '[hosts.prod]\nurl = "https://a"\n[hosts.prod.limits]\nconcurency = 3\n',
            'line 4: hosts.prod.limits.concurency: unknown key; did you mean "concurrency"?',
        ),
        ('[hosts.prod]\nurl = "https://a"\nsystem = "referense"\n', 'unknown system "referense"; did you mean'),
        ('[hosts.prod]\nurl = "https://a"\nendpoints = { reddiness = { path = "/r" } }\n', 'did you mean "readiness"?'),
        ("[hosts.prod]\nsensitive = true\n", "host prod has neither url nor urls"),
        ("[hosts.prod\n", "is not TOML"),
        ('[hosts.prod]\nurl = "https://a"\nslo = { redy_seconds = 2 }\n', 'did you mean "ready_seconds"?'),
        ('[hosts.prod]\nurl = "https://a"\nslo = { ready_seconds = nan }\n', "nan is no budget"),
        ('[hosts.prod]\nurl = "https://a"\nexpect = { chatt = {} }\n', 'did you mean "chat"?'),
        ('[hosts.prod]\nurl = "https://a"\nexpect = { chat = { asked = "x" } }\n', "'x' is no int"),
        ('[hosts.prod]\nurl = "https://a"\nexpect = { chat = { needed = 5 } }\n', "needed = 5 of asked = 3"),
        ('[hosts.prod]\nurls = { agnet = "https://a" }\n', 'did you mean "agent"?'),
        ('[hosts.prod]\nurl = "https://a:99999"\n', "no port between 0 and 65535"),
        ('[hosts.prod]\nurl = "https://a"\nca = "gone.pem"\n', "there is no file gone.pem"),
        ('[hosts.prod]\nurl = "https://a"\nsecrets = { apikey = { env = "A" } }\n', 'did you mean "api_key"?'),
        (
            '[hosts.prod]\nurl = "https://a"\nexpect = { edge = { burst = 1000000 } }\n',
            "is not between 0 (not asked) and 1000",
        ),
        ('[hosts.prod]\nurl = "https://a"\nexpect = { edge = { body_bytes = -1 } }\n', "-1 is not between 0"),
        (
            '[hosts.prod]\nurl = "https://a"\nexpect = { edge = { errors = "some" } }\n',
            "'some' is none of problem, any",
        ),
        (
            '[hosts.prod]\nurl = "https://a"\nendpoints = { x = { component = "agnt", path = "/" } }\n',
            "no component agnt; did you mean",
        ),
        ('[hosts."a b"]\nurl = "https://a"\n', "hosts"),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path: Path, text: str, told: str) -> None:
    """File, line or key, and what would be right."""
    with pytest.raises(InventoryError) as caught:
        prod(tmp_path, text)

    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("system", "key", "hint"),
    [
        ("reference", "edge_liveness", ""),  # of another pack: left out here on purpose
        ("web", "readiness", ""),
        ("reference", "queue_ready", ""),  # nothing is near
        ("reference", "livenes", '; did you mean "liveness"?'),
        ("reference", "pgae", '; did you mean "page"?'),
    ],
)
def test_an_endpoint_that_the_pack_has_not_is_no_slip_of_the_hand(
    tmp_path: Path, system: str, key: str, hint: str
) -> None:
    """Which it has, how one is added, and a name only where it is near; what is told to be written works."""
    pack = load_system(system)
    text = f'[hosts.prod]\nsystem = "{system}"\nurl = "https://a"\n'
    with pytest.raises(InventoryError) as caught:
        prod(tmp_path, f'{text}endpoints = {{ {key} = {{ path = "/x" }} }}\n')
    said = str(caught.value)
    before, _, after = said.partition(" (it has: ")
    told = before.removeprefix(f"host prod: endpoints.{key}: system {system} has no endpoint of that name")

    assert after == f"{', '.join(sorted(pack.endpoints))})"
    if hint:
        assert told == hint
    else:
        remedy = told.removeprefix("; component and path add it: ")
        assert prod(tmp_path, f"{text}endpoints = {{ {remedy} }}\n").url(key) == "https://a/..."


def test_what_a_pack_leaves_out_is_not_taken_for_misspelt() -> None:
    """No endpoint of any pack is suggested for one of another; a misspelt one of a user's own suite is."""
    packs = {name: load_system(name) for name in pack_files()}
    everything = {endpoint for pack in packs.values() for endpoint in pack.endpoints}
    for name, pack in packs.items():
        host = Host("prod", HostKind.LIVE, name, {}, pack.endpoints)
        for endpoint in everything - set(pack.endpoints):
            assert host.why_not(endpoint) == f"system {name} promises no endpoint {endpoint}"
    reference = Host("prod", HostKind.LIVE, "reference", {}, packs["reference"].endpoints)
    assert reference.why_not("reddiness").endswith('; did you mean "readiness"?')


@pytest.mark.parametrize("secret", ['"hunter22"', '{ value = "hunter22" }', '{ env = "A", file = "hunter22" }', "[1]"])
def test_a_literal_secret_is_refused_and_not_repeated(tmp_path: Path, secret: str) -> None:
    """Only references; the error does not quote what may be the secret."""
    with pytest.raises(InventoryError) as caught:
        prod(tmp_path, f'[hosts.prod]\nurl = "https://a"\nsecrets = {{ key = {secret} }}\n')

    assert "hunter22" not in str(caught.value)
    assert "hosts.prod.secrets.key" in str(caught.value)


def test_secrets_come_from_environment_and_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file is taken relative to the host file and stripped; a variable that is not set gives no secret."""
    monkeypatch.setenv("A_KEY", "from-env")
    monkeypatch.delenv("B_KEY", raising=False)
    (tmp_path / "key").write_text("from-file\n")

    host = prod(
        tmp_path,
        '[hosts.prod]\nurl = "https://a"\n[hosts.prod.secrets]\n'
        'a = { env = "A_KEY" }\nb = { env = "B_KEY" }\nc = { file = "key" }\n',
    )

    assert {name: secret.reveal() for name, secret in host.secrets.items()} == {"a": "from-env", "c": "from-file"}
    assert "from-" not in repr(host)


@pytest.mark.parametrize("content", [None, "", "\xff"])
def test_an_unusable_secret_file_is_told(tmp_path: Path, content: str | None) -> None:
    """Missing, empty or not text."""
    if content is not None:
        (tmp_path / "key").write_bytes(content.encode("latin-1"))

    with pytest.raises(InventoryError, match="secret c: "):
        prod(tmp_path, '[hosts.prod]\nurl = "https://a"\nsecrets = { c = { file = "key" } }\n')


def test_a_host_overrides_its_system(tmp_path: Path) -> None:
    """Paths, budgets, limits and expectations: the host's own word counts, the rest is the pack's."""
    host = prod(
        tmp_path,
        '[hosts.prod]\nurl = "https://a/base/"\nslo = { ready_seconds = 9 }\nlimits = { tokens = 7 }\n'
        'endpoints = { readiness = { path = "/r" } }\nexpect = { chat = { asked = 5 } }\n',
    )

    assert host.url("readiness") == "https://a/base/r"
    assert (host.budget("ready_seconds", 0), host.budget("liveness_seconds", 0)) == (9, 1)
    assert host.limits == Limits(tokens=7)
    assert (host.settings["chat"]["asked"], host.settings["chat"]["needed"]) == (5, 2)


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("pord", 'unknown host "pord"; did you mean "prod"?'),
        ("https://ops:pw@a.example", "credentials do not belong in a URL"),
        ("https://", "a host is a name or a URL"),
        ("https://a:99999999", "a host is a name or a URL"),
        ("ftp://a", "a host is a name or a URL"),
        ("https://a/?key=1", "a host is a name or a URL"),
    ],
)
def test_a_host_that_cannot_be_named(tmp_path: Path, word: str, told: str) -> None:
    """One line, and never the credentials."""
    inventory = load_inventory(written(tmp_path, '[hosts.prod]\nurl = "https://a"\n'))

    with pytest.raises(UserError) as caught:
        select([word], inventory)

    assert told in str(caught.value)
    assert "pw" not in str(caught.value)


def test_a_url_is_named_without_its_address_in_full() -> None:
    """Node ids carry a name: host and port, no scheme, path or userinfo."""
    (host,) = select(["https://ops.example.org:8443/base"], Inventory())

    assert host.name == "ops.example.org-8443"


def test_naming_a_host_twice_checks_it_once() -> None:
    """Order as named, duplicates dropped."""
    assert [host.name for host in select(["embedded", "http://127.0.0.1:1", "embedded"], Inventory())] == [
        "embedded",
        "127.0.0.1-1",
    ]


def test_the_nearest_host_file_counts(tmp_path: Path) -> None:
    """Here or in the nearest parent folder."""
    path = written(tmp_path, "")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)

    assert find_inventory(below) == path


def test_a_users_own_system_pack_wins(tmp_path: Path) -> None:
    """A folder `systems` beside the host file."""
    (tmp_path / "systems").mkdir()
    (tmp_path / "systems" / "mine.toml").write_text(
        'title = "Mine"\nprimary = "api"\ncomponents = { api = { title = "the API" } }\n'
        'endpoints = { readiness = { component = "api", path = "/up" } }\n'
    )

    assert prod(tmp_path, '[hosts.prod]\nsystem = "mine"\nurl = "https://a"\n').url("readiness") == "https://a/up"


@pytest.mark.parametrize("change", [('"api"\n', '"apy"\n'), ('component = "api"', 'component = "apy"')])
def test_a_pack_that_contradicts_itself_is_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    """A component that does not exist, with the nearest one."""
    (tmp_path / "systems").mkdir()
    text = (
        'title = "Mine"\nprimary = "api"\ncomponents = { api = { title = "the API" } }\n'
        'endpoints = { readiness = { component = "api", path = "/up" } }\n'
    )
    (tmp_path / "systems" / "mine.toml").write_text(text.replace(*change))

    with pytest.raises(InventoryError, match='did you mean "api"'):
        load_system("mine", tmp_path)


@pytest.mark.parametrize("name", sorted(pack_files()))
def test_every_shipped_pack_is_valid(name: str) -> None:
    """Packs are data, and held against their schema."""
    assert load_system(name).endpoints
