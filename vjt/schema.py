"""`vjt schema`: what is generated from the event types and the tables, and the releases of the schemas."""

from pathlib import Path
from typing import Annotated

import typer

from vjt.errors import CALL, CHECK, Failed


def schema(
    folder: Annotated[Path, typer.Argument(help="The root of the project's files.")] = Path("."),
    release: Annotated[
        int | None,
        typer.Option(min=1, help="Keep the schemas as this release too: a promise to senders, never written again."),
    ] = None,
) -> None:
    """Write JSON Schemas, examples, the AsyncAPI document and the reference pages of events, codes and tables.

    Exit code 1, and nothing written, if the schemas break what an earlier release promised.
    """
    from schemas import evolution
    from schemas.generated import documents
    from vjt.pages import pages

    broken = [
        f"release {n}: {broke}"
        for n, released in evolution.releases(folder).items()
        for broke in evolution.broken(released)
    ]
    if broken:
        raise Failed("\n".join(broken), CHECK)
    files = documents() | pages()
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    typer.echo(f"{len(files)} files written")
    if release is not None:
        try:
            typer.echo(f"released as {evolution.release(folder, release)}")
        except FileExistsError as error:
            raise Failed(f"{error.filename} is there: a release is never written again", CALL) from None
