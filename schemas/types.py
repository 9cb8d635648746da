"""Every event type that agencies may send, and how an earlier version of one is read as its latest."""

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


def _earlier(type: str) -> str:
    kind, _, version = type.rpartition(".v")
    return f"{kind}.v{int(version) - 1}"


_FOLLOWING = {_earlier(type): model for type, model in TYPES.items()}


def latest(type: str) -> type[EventData]:
    """The model of the latest version of a type: the one whose form `newest` gives."""
    while type in _FOLLOWING:
        type = _FOLLOWING[type].TYPE
    return TYPES[type]


def newest(type: str, data: dict[str, Any]) -> dict[str, Any]:
    """What was said under a type, in the form of the type's latest version; an amendment's data, in that of what it amends.

    Whoever reads the log gets this form and no other. The type stays the one under which it was said.
    """
    if "amends" in data:
        return data | {"data": newest(data["amends"]["type"], data["data"])}
    while type in _FOLLOWING:
        following = _FOLLOWING[type]
        type, data = following.TYPE, following.upcast(data)
    return data
