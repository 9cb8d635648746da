"""What alerts are raised by: the columns of a journey row that the rules read, and where a row says that they changed."""

from projections.rows import NAMES

READS = (
    "journey_id",
    "uvi",
    "force",
    "victim_reference",
    "bcu",
    "offences",
    "vulnerable",
    "counted",
    "exit",
    "withdrew_at",
    "concluded_at",
    "observed_until",
    "deadlines",
    "spells",
    "trials",
    "signals",
)

NUMBERS = tuple(map(NAMES.index, READS))

PART = "cardinality(parts) - 1"
"""The place in a row's `parts` of the one that differs when what the rules read does."""
