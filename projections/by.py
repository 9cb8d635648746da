"""A figure by any dimension, or by two at once (contract 5.2): its own queries over the journey rows of a build.

Of the dimensions that a figure keeps, one is counted by other values than its own, and the figure's view is read where it says
that dimension. So a case still counts once in each value that any of its journeys has.
"""

import dataclasses
import re
from collections.abc import Sequence
from typing import Any

from psycopg import Cursor

from projections.figures import Figure, Table, behind, fill
from projections.report import NotAsked
from projections.tables import schema

KEPT = "bcu"
BCU = "coalesce(r.force || '/' || r.bcu, 'missing')"  # how each figure's counts spell it
CPS_AREA = re.compile(r"coalesce\(\w\.cps_area, 'missing'\)")  # a case's own, in the figures of cases

_PLAIN = (
    "force", "cps_area", "location_type", "ethnicity_self_defined", "ethnicity_officer_observed",
    "suspect_ethnicity_self_defined", "suspect_ethnicity_officer_observed", "sex",
)  # fmt: skip

DIMENSIONS = {name: f"ARRAY[coalesce(r.{name}, 'missing')]" for name in _PLAIN} | {
    "bcu": f"ARRAY[{BCU}]",
    "suspect_relationship": "with_known(coalesce(r.suspect_relationship, 'missing'))",
    "age_band": "ARRAY[age_band(r.age)]",
    "vulnerability": "many_values(coalesce(array_to_string(r.vulnerabilities, ' '), 'missing'))",
    "support_service": "many_values(coalesce(array_to_string(r.support_services, ' '), 'missing'))",
    "arrested_and_interviewed": "ARRAY[yes_or_no(r.arrested_at IS NOT NULL AND r.interviewed_at IS NOT NULL)]",
    "suspect_known_on_pnc": "ARRAY[yes_or_no(r.suspect_known_on_pnc)]",
}
"""The values that a journey row `r` has of each dimension."""


def dimensions(figure: Figure, asked: str) -> tuple[str, ...]:
    """The dimensions that are asked for, split by a comma. Raises NotAsked."""
    found = tuple(asked.split(","))
    for name in found:
        if name not in DIMENSIONS:
            raise NotAsked(f"there is no dimension {name}; there are: {', '.join(sorted(DIMENSIONS))}")
    if len(found) > 2 or len(set(found)) < len(found):
        raise NotAsked(f"--by {asked}: expected one dimension, or two that differ")
    if not all(BCU in table.counts for table in behind(figure)):
        has = "has each of its dimensions: --where dimension=…" if "dimension" in figure.shown else "has no dimensions"
        raise NotAsked(f"{figure.name} {has}")
    return found


def divided(cur: Cursor[Any], figure: Figure, n: int, by: Sequence[str], query: str) -> str:
    """Count the figure from the journey rows of build `n` into temporary tables, which the session's unqualified names then mean.
    What `query`, which reads the figure there, says of the dimensions asked for, as a query."""
    cur.execute(f"SET search_path TO pg_temp, {schema(n)}, pg_catalog")
    values = "".join(f" CROSS JOIN LATERAL unnest({DIMENSIONS[name]}) AS by_{i}" for i, name in enumerate(by))
    columns = ", ".join(f"by_{i}" for i in range(len(by)))
    for table in behind(figure):
        cur.execute(table.create)
        fill(cur, _divided(table, by), f"SELECT r.*, 1 AS weight, {columns} FROM journey r{values} WHERE r.counted")
    shown = (f"'{','.join(by)}' AS dimension" if column == "dimension" else f'"{column}"' for column in figure.shown)
    return f"SELECT {', '.join(shown)} FROM ({query}) AS counted WHERE dimension = '{KEPT}'"


def _divided(table: Table, by: Sequence[str]) -> Table:
    own = CPS_AREA.search(table.counts)
    values = [own[0] if own and name == "cps_area" else f"r.by_{i}" for i, name in enumerate(by)]
    return dataclasses.replace(table, counts=table.counts.replace(BCU, " || ',' || ".join(values)))
