"""testcontainers' own reaper, which removes the containers of a process that has gone: used where its image is."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import docker  # type: ignore[import-untyped] # ships no types

_PATIENCE: Final = 1.0  # seconds that a start waits for the image


class Reaping:
    """Has the image pulled while other things are done; a start without it is no worse than one step later.

    The reaper is one of three that clean up after a killed run: the process that keeps the containers ends them when
    the run is gone, the reaper ends them when that process is gone, the next start sweeps what is left all the same.
    """

    def __init__(self, client: docker.DockerClient, *, wanted: bool) -> None:
        from testcontainers.core.config import testcontainers_config  # noqa: PLC0415 - the extra `containers`

        self._config = testcontainers_config
        # Images are named in full by the host file; a prefix would be put before what was built here as well.
        self._config.hub_image_name_prefix = ""
        self._wanted = wanted and not self._config.ryuk_disabled
        self._config.ryuk_disabled = True
        self._pull = threading.Thread(target=self._have, args=(client,), daemon=True)
        if self._wanted:
            self._pull.start()

    def settle(self) -> bool:
        """Start the reaper where its image has come; tell whether there is one."""
        from testcontainers.core.container import Reaper  # noqa: PLC0415 - the extra `containers`

        if not self._wanted:
            return False
        self._pull.join(_PATIENCE)
        if self._pull.is_alive() or not self._wanted:
            return False
        self._config.ryuk_disabled = False
        try:
            Reaper.get_instance()
        except Exception:  # noqa: BLE001 - an engine that refuses it (its socket is mounted) still runs everything else
            self._config.ryuk_disabled = True
        return not self._config.ryuk_disabled

    def _have(self, client: docker.DockerClient) -> None:
        from docker.errors import DockerException, ImageNotFound  # type: ignore[import-untyped] # noqa: PLC0415 - extra

        try:
            client.images.get(self._config.ryuk_image)
        except ImageNotFound:
            try:
                client.images.pull(self._config.ryuk_image)
            except DockerException:
                self._wanted = False
        except DockerException:
            self._wanted = False
