"""The reference pages of the tables and the anomalies: generated from the comments that PostgreSQL shows too."""

from collections.abc import Iterator, Mapping

from domain.anomaly import ANOMALIES
from projections.tables import views

TABLES = """# Tables

What analysts read in PostgreSQL. Generated from the comments of the views by `vjt schema`; `\\d+ metrics.attrition` in psql shows
the same. Which codes there are and what they mean: [codes](codes.md). What may be odd about a journey: [anomalies](anomalies.md).

Schema `metrics` has the figures: counts, rates and days, in which no row names a person. Schema `journeys` has a row for each
victim's journey, for people who are cleared for it. Reading either needs no right but on its own views:

```sql
GRANT USAGE ON SCHEMA metrics TO analyst;
GRANT SELECT ON ALL TABLES IN SCHEMA metrics TO analyst;
```

- A figure is exact at each commit: it is the sum over the journeys as they stand in `journeys.journey` then.
- `period` is a month, by its first day. Months, days and delays are London's.
- Counts of journeys in a month may still change: events arrive late, and are corrected. `provisional` says where many are open.
- What is open is read on `metrics.reading_date()`: today in London, or the date that is set in `projection.setting`.
- Categories of offence overlap and do not add up. The values of a dimension do, but for `known` beside the other relationships, and
  for `vulnerability` and `support_service`, of which a journey can have several (`any`: at least one; `none`: known to have none).
- A figure has a row for every combination that occurs, hundreds of thousands in all. Ask for what is wanted: with conditions on
  `dimension` and `offence` it takes a fraction of a second, whole many seconds. Without SQL:
  `vjt report attrition --where offence=rape --where dimension=age_band --format csv`.
- Any figure by any dimension, or as it was known at a time: [as known](../as-known.md).
- Null is not zero: a rate of nothing, a date that has not come, an attribute that nobody recorded.
"""

ANOMALY = """# Anomalies

What may be odd about a journey. Such an event is accepted, and the code stands in `anomalies` of `journeys.journey`. Generated from
`domain/anomaly.py` by `vjt schema`.
"""


def pages() -> dict[str, str]:
    """Each page's path from the root of the project, and its text."""
    found = {name: comments for name, _, comments in views()}
    tables = [TABLES]
    for name in sorted(found, key=lambda name: (not name.startswith("metrics."), name != "journeys.journey", name)):
        tables += _relation(name, found[name])
    anomalies = [ANOMALY, *_table("code", ANOMALIES)]
    return {
        "docs/reference/tables.md": "\n".join(tables) + "\n",
        "docs/reference/anomalies.md": "\n".join(anomalies) + "\n",
    }


def _relation(name: str, comments: Mapping[str, str]) -> Iterator[str]:
    yield f"## `{name}`\n"
    yield comments[""] + "\n"
    yield from _table("column", {column: text for column, text in comments.items() if column})
    yield ""


def _table(head: str, rows: Mapping[str, str]) -> Iterator[str]:
    yield f"| {head} | what |"
    yield "|---|---|"
    for name, text in rows.items():
        yield f"| `{name}` | {text.replace('|', chr(92) + '|')} |"
