"""`python -m service.deploy.healthcheck`: whether the process in this container answers, for images without curl."""

from __future__ import annotations

import http.client
import os
import sys

_TIMEOUT_S = 2.0
_USUAL_PORT = 8000


def main() -> int:
    """Return 0 when the service answers its liveness with 200 on the port it was told to listen on.

    Liveness and not readiness: a model that is still warming must not make its container unhealthy.
    """
    connection = http.client.HTTPConnection("127.0.0.1", _port(), timeout=_TIMEOUT_S)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"no answer: {error}\n")
        return 1
    finally:
        connection.close()
    sys.stdout.write(f"{status}\n")
    return 0 if status == http.client.OK else 1


def _port() -> int:
    raw = os.environ.get("AGENT_PORT", "")
    return int(raw) if raw.isascii() and raw.isdigit() else _USUAL_PORT


if __name__ == "__main__":
    sys.exit(main())
