"""The database is a real Postgres: queries, logins, settings, an outage that keeps the data, an end."""

import subprocess
import time
from pathlib import Path

from tests.parts.postgres import Postgres
from tests.parts.process import accepts, tail
from tests.parts_tests.conftest import eventually

SLEEPERS = "select count(*) from pg_stat_activity where query = 'select pg_sleep(60)'"


def test_answers_a_query(postgres_server: Postgres) -> None:
    """A table is made and read as the login it was told of, over a password exchange."""
    told = postgres_server.ask("create temporary table t as select 6 * 7 as n; select n, current_user from t")

    assert told == "42|ops"
    assert postgres_server.ask("show server_version_num") >= "130000"


def test_refuses_a_wrong_login(postgres_server: Postgres) -> None:
    """No password, a wrong one, an unknown user and an unknown database are refused."""
    assert "no password supplied" in postgres_server.ask("select 1", password="")
    assert "password authentication failed" in postgres_server.ask("select 1", password="wrong")
    assert "password authentication failed" in postgres_server.ask("select 1", user="nobody")
    assert 'database "nope" does not exist' in postgres_server.ask("select 1", database="nope")


def test_data_outlives_an_outage(tmp_path: Path) -> None:
    """It is stopped though a client is connected, and has its rows again when it is back."""
    with Postgres(tmp_path, settings={"max_connections": "7"}) as server:
        server.ask("create table t as select 1 as n")
        client = subprocess.Popen(
            ["psql", "-h", "127.0.0.1", "-p", str(server.port), "-U", "ops", "ops", "-c", "select pg_sleep(60)"],
            env={"PATH": "/usr/bin:/bin", "PGPASSWORD": server.password},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        connected = eventually(lambda: server.ask(SLEEPERS) == "1")
        began = time.monotonic()
        server.stop()
        seconds = time.monotonic() - began
        client.wait(timeout=10)
        server.start()
        rows = server.ask("select n from t")
        limit = server.ask("show max_connections")

    assert connected
    assert seconds < 4
    assert rows == "1"
    assert limit == "7"
    assert "shutting down" in tail(tmp_path / "postgres.log", 100)


def test_several_at_once_and_none_afterwards(tmp_path: Path) -> None:
    """Two clusters share nothing and leave neither a listener nor data elsewhere."""
    with Postgres(tmp_path / "one") as one, Postgres(tmp_path / "two", user="two", database="second") as two:
        one.ask("create table t as select 1 as n")
        elsewhere = two.ask("select n from t")
        name = two.ask("select current_database(), current_user")
        places = [one._place, two._place]

    assert 'relation "t" does not exist' in elsewhere
    assert name == "second|two"
    assert not accepts(one.port)
    assert not accepts(two.port)
    assert not any((place / "data").exists() for place in places if place.parent != tmp_path)
