"""Every event type that agencies may send."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

from schemas import correction, courts, cps, identity, police, support
from schemas.base import EventData


def _types(module: ModuleType) -> list[type[EventData]]:
    return [
        model
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, EventData) and "TYPE" in vars(model)
    ]


TYPES: dict[str, type[EventData]] = {
    model.TYPE: model for module in (police, cps, courts, support, identity, correction) for model in _types(module)
}

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: dict[str, tuple[str, Upcast]] = {}
"""How a stored event of an earlier version is read: its type -> (the next version's type, its data in that form)."""


def upcast(type: str, data: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A stored event in the form of the newest version of its type."""
    while type in UPCASTS:
        type, change = UPCASTS[type]
        data = change(data)
    return type, data
