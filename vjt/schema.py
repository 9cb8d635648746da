"""`vjt schema`: what is generated from the event types."""

from pathlib import Path
from typing import Annotated

import typer


def schema(
    folder: Annotated[Path, typer.Argument(help="The root of the project's files.")] = Path("."),
) -> None:
    """Write JSON Schemas, examples, the AsyncAPI document and the reference pages of events and codes."""
    from schemas.document import documents

    files = documents()
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    typer.echo(f"{len(files)} files written")
