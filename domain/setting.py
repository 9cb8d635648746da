"""The settings that enter an index or a fold. Other values make other tables: they are part of the digest of the rules."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rules:
    """`link_join`, `link_fracture`: match weights of a probabilistic link, bits: from which on it joins two persons, below which it
    says that they are two. `observed_until`: (source, last day on which it was observed), sorted.
    """

    link_join: float = 20.0
    link_fracture: float = 14.0
    observed_until: tuple[tuple[str, dt.date], ...] = ()

    def last_day(self, source: str) -> dt.date | None:
        """The last day on which a source was observed; None: it still is. What is said of a path holds for all below it, what is
        said of a longer one before that."""
        said = [(path, day) for path, day in self.observed_until if source == path or source.startswith(path + "/")]
        return max(said, key=lambda found: len(found[0]))[1] if said else None
