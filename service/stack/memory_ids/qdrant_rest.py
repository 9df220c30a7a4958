"""A collection of a Qdrant server, over its REST interface."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from ..asking import NoAnswer, ask
from ..outcome import StackError
from .migration import Page, Point, PointId

_PAGE_S = 60.0


class QdrantCollection:
    """A collection of the server at `url`; the key is sent in a header and told to nobody."""

    def __init__(self, url: str, collection: str, api_key: str = "") -> None:
        self.name = collection
        self._base = f"{url.rstrip('/')}/collections/{quote(collection, safe='')}/points"
        self._headers = {"api-key": api_key} if api_key else {}

    def page(self, start: PointId | None, limit: int) -> Page:
        """Give a page of points."""
        wanted: dict[str, object] = {"limit": limit, "with_payload": True, "with_vector": True}
        if start is not None:
            wanted["offset"] = start
        result = self._ask("POST", "/scroll", wanted)
        points = result.get("points") if isinstance(result, dict) else None
        if not isinstance(points, list):
            raise StackError(f"{self._base}/scroll answered without points: is this a Qdrant server?")
        found = [Point(one["id"], one.get("vector"), one.get("payload") or {}) for one in points]
        return Page(found, result.get("next_page_offset") if isinstance(result, dict) else None)

    def put(self, points: Sequence[Point]) -> None:
        """Add points and wait until they are kept."""
        rows = [{"id": one.id, "vector": one.vector, "payload": dict(one.payload)} for one in points]
        self._ask("PUT", "?wait=true", {"points": rows})

    def present(self, ids: Sequence[PointId]) -> set[PointId]:
        """Tell which of these ids are there."""
        result = self._ask("POST", "", {"ids": list(ids), "with_payload": False, "with_vector": False})
        return {one["id"] for one in result} if isinstance(result, list) else set()

    def remove(self, ids: Sequence[PointId]) -> None:
        """Remove points and wait until they are gone."""
        self._ask("POST", "/delete?wait=true", {"points": list(ids)})

    def _ask(self, method: str, path: str, document: Mapping[str, object]) -> object:
        url = f"{self._base}{path}"
        try:
            answer = ask(method, url, document=document, headers=self._headers, timeout_s=_PAGE_S)
        except NoAnswer as error:
            raise StackError(f"{url}: {error}; run it again to go on") from None
        told = answer.document()
        if not answer.good:
            status = told.get("status")
            reason = status.get("error") if isinstance(status, dict) else status
            raise StackError(f"{url}: status {answer.status}{f' ({reason})' if reason else ''}")
        return told.get("result")
