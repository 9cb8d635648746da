"""`docs/analysts.md`: each of its queries with what it says of a synthetic year. `python -m tests.analysts URL` writes the page
anew, from the tables of `JOURNEYS` journeys of `SEED` at this database."""

import datetime as dt
import re
import sys
from pathlib import Path

import psycopg
from psycopg.rows import dict_row

from vjt.rows import Format, spelled

PAGE = Path(__file__).parent.parent / "docs" / "analysts.md"
JOURNEYS, SEED = 2_000, 1
READ_ON = dt.date(2025, 1, 1)
QUERY = re.compile(r"```sql\n(SELECT .*?)```\n(?:\n```text\n.*?```\n)?", re.S)


def queries() -> list[str]:
    return [match[1] for match in QUERY.finditer(PAGE.read_text())]


def answered(dsn: str, text: str) -> str:
    """The page with what each query says, as an analyst who has the role."""
    with psycopg.connect(dsn, row_factory=dict_row) as connection:
        connection.execute("SET ROLE vjt_analyst")

        def answer(match: re.Match[str]) -> str:
            rows = connection.execute(match[1].encode()).fetchall()
            table = "".join(spelled(rows, Format.TABLE)).rstrip("\n")
            return f"```sql\n{match[1]}```\n\n```text\n{table}\n```\n"

        return QUERY.sub(answer, text)


if __name__ == "__main__":
    PAGE.write_text(answered(sys.argv[1], PAGE.read_text()))
