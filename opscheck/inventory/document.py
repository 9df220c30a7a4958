"""Read one TOML file and hold it against its JSON Schema: an error names file, line, key and the nearest valid key."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from opscheck.errors import InventoryError, did_you_mean
from opscheck.inventory.tables import item_lines

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

LARGEST: Final = 1024 * 1024  # bytes; a host file of a megabyte is a mistake
_SECRETS: Final = 2  # hosts.NAME.secrets


def read(path: Path, schema: str, *, package: str = __package__) -> dict[str, Any]:
    """The file's tables, valid by the schema of that name in a package.

    Raises:
        InventoryError: one line that names file, line or key, and what would be right.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InventoryError(f"{path}: larger than {LARGEST} bytes; is it the right file?")
        text = path.read_text("utf-8")
        data = tomllib.loads(text)
    except OSError as error:
        raise InventoryError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise InventoryError(f"{path}: is not UTF-8 at byte {error.start}") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InventoryError(f"{path}: is not TOML: {error}") from None
    _validate(path, text, data, resources.files(package).joinpath(schema).read_text("utf-8"))
    return data


def _validate(path: Path, text: str, data: dict[str, Any], schema: str) -> None:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - 70 ms that only a run with a host file pays

    errors = sorted(
        Draft202012Validator(json.loads(schema)).iter_errors(data), key=lambda error: list(map(str, error.path))
    )
    if errors:
        error = errors[0]
        keys = [str(key) for key in error.absolute_path]
        unknown = _unknown_key(error)
        keys += [unknown] if unknown else []
        line = _line_of(text, keys)
        place = f"{path}, line {line}" if line else str(path)
        raise InventoryError(f"{place}: {'.'.join(keys) or 'the file'}: {_complaint(error, keys, unknown)}")


def _unknown_key(error: ValidationError) -> str:
    if error.validator != "additionalProperties" or not isinstance(error.instance, dict):
        return ""
    return next((str(key) for key in error.instance if key not in _known_keys(error)), "")


def _known_keys(error: ValidationError) -> list[str]:
    schema = error.schema
    return sorted(schema.get("properties", {})) if isinstance(schema, Mapping) else []


def _complaint(error: ValidationError, keys: Sequence[str], unknown: str) -> str:
    if unknown:
        known = _known_keys(error)
        return f"unknown key{did_you_mean(unknown, known)} (known: {', '.join(known)})"
    if len(keys) > _SECRETS and keys[_SECRETS] == "secrets":
        # The message of the validator would quote the value, and the value may be the secret.
        return 'a secret is given by reference only: { env = "NAME" } or { file = "PATH" }'
    if error.validator == "pattern" and keys[-1:] != [] and ("url" in keys or "urls" in keys):
        if str(error.instance).startswith("ssh:"):
            return "an engine is not asked over ssh: forward its socket (ssh -nNT -L) and name unix:///PATH"
        return "is no http or https URL without credentials, query and fragment; credentials go to [secrets]"
    if error.validator == "required":
        return str(error.message).replace(" property", " key")
    return re.sub(r"\s+", " ", str(error.message))[:200]


def _line_of(text: str, keys: Sequence[str]) -> int:
    """The line where a key stands; 0 where it cannot be told (dotted and inline tables are found by their last key)."""
    if not keys:
        return 0
    lines = text.splitlines()
    start = 0
    if len(keys) > 1 and keys[1].isdigit():
        return _line_in_item(lines, item_lines(text, keys[0]), int(keys[1]), keys[2:])
    for depth in range(len(keys), 0, -1):
        header = re.compile(
            r"^\s*\[\s*" + r"\s*\.\s*".join(rf'"?{re.escape(key)}"?' for key in keys[:depth]) + r"\s*[\].]"
        )
        found = next((index for index, line in enumerate(lines) if header.match(line)), None)
        if found is not None:
            start = found
            if depth == len(keys):
                return found + 1
            break
    for key in reversed(keys):
        spelled = re.compile(rf'(^|[{{,\s."]){re.escape(key)}"?\s*[=.]')
        for index in range(start, len(lines)):
            if spelled.search(lines[index]):
                return index + 1
    return start + 1 if start else 0


def _line_in_item(lines: Sequence[str], items: Sequence[int], index: int, keys: Sequence[str]) -> int:
    """The line of a key in an item of an array of tables, or of the item."""
    if index >= len(items):
        return 0
    start = items[index]
    end = items[index + 1] - 1 if index + 1 < len(items) else len(lines)
    for number in range(start, end):
        if keys and re.match(rf'\s*"?{re.escape(keys[0])}"?\s*[=.]', lines[number]):
            return number + 1
    return start
