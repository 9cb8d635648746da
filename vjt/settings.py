"""Settings: from the environment, with where each value came from.

An outside server always wins. Where none is named, the stack that `vjt up` started in `VJT_HOME` is used.
"""

import datetime as dt
import math
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from domain.setting import Rules
from vjt.stack.home import Home, default_home

if TYPE_CHECKING:
    from alerts.webhooks import Endpoint

T = TypeVar("T")

SOURCE = re.compile(r"(/[A-Za-z0-9._-]+)+")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class NotUp(Exception):
    """No server is named and the local stack is not up."""

    def __init__(self, setting: str, home: Path) -> None:
        super().__init__(f"{setting} is not set, and the local stack in {home} is not up. Start it: vjt up")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: its name without the prefix VJT_, what it is for, and what it is where nobody sets it."""

    name: str
    about: str
    default: str | None


SETTINGS = (
    Setting("DATABASE_URL", "PostgreSQL, as a connection URL of libpq.", None),
    Setting("KAFKA", "Kafka's bootstrap servers, host:port[,host:port].", None),
    Setting("HOME", "Folder of the local stack.", None),
    Setting("KEEP_REJECTED", "Days for which the bytes of a rejected event are kept.", "30"),
    Setting("LINK_JOIN", "From which match weight on a probabilistic link joins two persons, bits.", "20"),
    Setting("LINK_FRACTURE", "Below which match weight a probabilistic link says that they are two, bits.", "14"),
    Setting(
        "OBSERVED_UNTIL",
        "Until when sources were observed that have gone quiet or were loaded once: source=date[,source=date]. Nothing they"
        " reported counts as open after it.",
        None,
    ),
    Setting("WEBHOOKS", "Where each step of an alert goes by webhook: URLs separated by spaces or commas.", None),
    Setting(
        "WEBHOOK_SECRETS",
        "What webhooks are signed with: whsec_… separated by spaces or commas. Each signs, so that one can replace another.",
        None,
    ),
    Setting("LOG_FORMAT", "Log lines of the workers: json or text; text where standard error is a terminal.", None),
)


class Settings:
    """The settings in force. `environment` is the process's own unless given."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.environment = os.environ if environment is None else environment
        self.home = Home(Path(self.environment.get("VJT_HOME") or default_home()))

    def database_url(self) -> str:
        """Raises NotUp."""
        return self._server("DATABASE_URL")

    def kafka(self) -> str:
        """Raises NotUp."""
        return self._server("KAFKA")

    def keep_rejected(self) -> int:
        """Days. Raises ValueError."""
        text = self.environment.get("VJT_KEEP_REJECTED") or "30"
        if not text.isdecimal() or not 1 <= int(text) <= 3650:
            raise ValueError("VJT_KEEP_REJECTED must be a number of days from 1 to 3650")
        return int(text)

    def webhooks(self) -> tuple[list["Endpoint"], list[bytes]]:
        """Where webhooks go, and the keys that sign them. Raises ValueError, which repeats neither."""
        from alerts.webhooks import endpoint, key

        endpoints = self._each("WEBHOOKS", endpoint)
        keys = self._each("WEBHOOK_SECRETS", key)
        if endpoints and not keys:
            raise ValueError("VJT_WEBHOOK_SECRETS must be set where VJT_WEBHOOKS is")
        return endpoints, keys

    def _each(self, name: str, read: Callable[[str], T]) -> list[T]:
        try:
            return [read(word) for word in dict.fromkeys(self._words(name))]
        except ValueError as error:
            raise ValueError(f"VJT_{name}: {error}") from None

    def _words(self, name: str) -> list[str]:
        return (self.named(name) or "").replace(",", " ").split()

    def rules(self) -> Rules:
        """What enters an index or a fold. Raises ValueError."""
        join, fracture = self._bits("LINK_JOIN"), self._bits("LINK_FRACTURE")
        if fracture > join:
            raise ValueError(f"VJT_LINK_FRACTURE is {fracture:g}: expected no more than VJT_LINK_JOIN, {join:g}")
        return Rules(join, fracture, tuple(sorted(self._observed().items())))

    def _bits(self, name: str) -> float:
        default = next(setting.default for setting in SETTINGS if setting.name == name)
        try:
            bits = float(self.named(name) or default or "")
        except ValueError:
            bits = math.nan
        if not -100 <= bits <= 100:
            raise ValueError(f"VJT_{name} must be a number of bits from -100 to 100")
        return bits

    def _observed(self) -> dict[str, dt.date]:
        days: dict[str, dt.date] = {}
        for part in (self.named("OBSERVED_UNTIL") or "").split(","):
            if not part.strip():
                continue
            source, _, day = part.strip().partition("=")
            try:
                if not SOURCE.fullmatch(source) or not DAY.fullmatch(day) or source in days:
                    raise ValueError
                days[source] = dt.date.fromisoformat(day)
            except ValueError:
                raise ValueError(
                    f"VJT_OBSERVED_UNTIL: {part.strip()!r}: expected source=YYYY-MM-DD, each source once and separated by commas:"
                    " /police/city-of-london/data-police-uk=2016-12-31"
                ) from None
        return days

    def named(self, name: str) -> str | None:
        """What the environment names, without the local stack."""
        return self.environment.get(f"VJT_{name}") or None

    def listing(self) -> list[dict[str, str | None]]:
        """Every setting with its value and where that came from; passwords are not shown."""
        rows = []
        for setting in SETTINGS:
            value, origin = self.named(setting.name), "environment"
            if value is None:
                value, origin = setting.default, "default"
                if setting.name == "HOME":
                    value = str(self.home.folder)
                elif setting.name in ("DATABASE_URL", "KAFKA"):
                    value = (self.home.read() or {}).get(setting.name.lower()) or None
                    origin = "not up" if value is None else "local stack"
            elif setting.name in ("WEBHOOKS", "WEBHOOK_SECRETS"):
                value = f"{len(self._words(setting.name))} of them"  # either may be what opens somebody else's door
            rows.append(
                {"setting": f"VJT_{setting.name}", "value": _hidden(value), "origin": origin, "about": setting.about}
            )
        return rows

    def _server(self, name: str) -> str:
        named = self.named(name)
        if named is not None:
            return named
        local = (self.home.read() or {}).get(name.lower())
        if not local:
            raise NotUp(f"VJT_{name}", self.home.folder)
        return str(local)


def _hidden(value: str | None) -> str | None:
    """A connection URL or string without its password."""
    if value is None:
        return None
    value = re.sub(r"(://[^:@/]*):[^@/]*@", r"\1@", value)
    return re.sub(r"""\bpassword\s*=\s*('[^']*'|[^\s&]*)""", "password=…", value)
