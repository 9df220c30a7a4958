"""The document store speaks MongoDB's protocol with its logins; these are the answers that tests may lean on."""

from pathlib import Path
from typing import Any

import pymongo
import pytest
from pymongo.errors import OperationFailure

from tests.parts.mongo import Mongo
from tests.parts.process import accepts


def client_of(server: Mongo, **login: Any) -> pymongo.MongoClient[dict[str, Any]]:  # noqa: ANN401 - pymongo's options
    """Return a client that gives up soon."""
    return pymongo.MongoClient(server.url, directConnection=True, serverSelectionTimeoutMS=5000, **login)


def login_of(server: Mongo) -> dict[str, str]:
    """Return the right login."""
    return {"username": server.user, "password": server.password, "authSource": "admin"}


def test_keeps_a_document(mongo_server: Mongo) -> None:
    """With the right password a document is written, found again, and an index kept."""
    with client_of(mongo_server, **login_of(mongo_server)) as client:
        things = client["test"]["things"]
        things.insert_one({"name": "lamp", "count": 3})
        found = things.find_one({"count": {"$gt": 2}}, {"_id": 0})
        things.create_index("name", unique=True)
        indexes = things.index_information()

    assert found == {"name": "lamp", "count": 3}
    assert indexes["name_1"]["unique"] is True


@pytest.mark.parametrize("wrong", [{"password": "wrong"}, {"username": "nobody"}, {"authSource": "test"}])
def test_refuses_a_wrong_login(mongo_server: Mongo, wrong: dict[str, str]) -> None:
    """A wrong password, an unknown user and another database's login are all code 18."""
    with (
        client_of(mongo_server, **{**login_of(mongo_server), **wrong}) as client,
        pytest.raises(OperationFailure) as refused,
    ):
        client["test"]["things"].find_one()

    assert refused.value.code == 18


def test_refuses_without_a_login(mongo_server: Mongo) -> None:
    """Without a login it greets, and does no work: code 13."""
    with client_of(mongo_server) as client:
        greeting = client["admin"].command("hello")
        with pytest.raises(OperationFailure) as refused:
            client["test"]["things"].insert_one({"name": "lamp"})

    assert greeting["isWritablePrimary"] is True
    assert refused.value.code == 13


def test_is_a_single_server(mongo_server: Mongo) -> None:
    """It has no replica set and knows no such command: code 59, where MongoDB says 76."""
    with (
        client_of(mongo_server, **login_of(mongo_server)) as client,
        pytest.raises(OperationFailure) as refused,
    ):
        client["admin"].command("replSetGetStatus")

    assert refused.value.code == 59


def test_without_a_user_it_asks_for_none(tmp_path: Path) -> None:
    """Data outlives an outage."""
    with Mongo(tmp_path, user="") as server:
        with client_of(server) as client:
            client["test"]["things"].insert_one({"name": "lamp"})
        server.stop()
        server.start()
        with client_of(server) as client:
            count = client["test"]["things"].count_documents({})

    assert count == 1


def test_several_at_once_and_none_afterwards(tmp_path: Path) -> None:
    """Two servers have logins of their own, and nothing listens after them."""
    with Mongo(tmp_path / "one") as one, Mongo(tmp_path / "two", user="two", password="other") as two:
        with client_of(two, **login_of(two)) as client:
            client["test"]["things"].insert_one({"name": "lamp"})
        with client_of(one, **login_of(one)) as client:
            elsewhere = client["test"]["things"].count_documents({})

    assert elsewhere == 0
    assert not accepts(one.port)
    assert not accepts(two.port)
    assert not one.process.running
