"""Reading the catalogue's data files: TOML in, checked entries out, plain messages on a mistake."""

from __future__ import annotations

import tomllib
from importlib.resources.abc import Traversable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from slinb.errors import CatalogueError

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Words = Annotated[str, Field(min_length=3)]


class CatalogueEntry(BaseModel):
    """Base of every entry: frozen, and a misspelt field is an error, not a default."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


Entry = TypeVar("Entry", bound=CatalogueEntry)


def read_toml(source: Traversable) -> dict[str, Any]:
    """Read one TOML file of the catalogue, naming the file where it is not TOML."""
    try:
        return tomllib.loads(source.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{source.name} is not valid TOML: {error}.") from error


def build_entry(kind: type[Entry], raw: dict[str, Any], file: str) -> Entry:
    """Build one catalogue entry, turning a validation failure into a plain message."""
    name = raw.get("id") or raw.get("number") or "without id"
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        reasons = "; ".join(_say_reason(e["loc"], e["msg"]) for e in error.errors())
        raise CatalogueError(
            f"{file}, {kind.__name__.lower()} “{name}”: {reasons.rstrip('.')}.",
            "Mend the entry; docs/catalogue.md says what each field holds.",
        ) from error


def _say_reason(field: tuple[int | str, ...], message: str) -> str:
    name = ".".join(str(part) for part in field) or "entry"
    return f"{name}: {message.removeprefix('Value error, ')}"
