"""`vjt simulate`: synthetic events with known answers."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simulator.story import Story


def simulate(
    journeys: Annotated[int, typer.Option("--journeys", min=1, help="How many journeys.")],
    out: Annotated[Path, typer.Option("--out", help="The events, one a line, in order of arrival.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed, the same bytes.")] = 1,
    answers: Annotated[
        Path | None, typer.Option("--answers", help="What is true of them: the generator's own totals.")
    ] = None,
) -> None:
    """A synthetic year of London: events of every agency, late, twice and corrected, and what is true behind them."""
    import orjson

    from simulator.answers import Answers
    from simulator.city import stories
    from simulator.disturbance import arrivals

    truth = Answers(journeys, seed)

    def told() -> "Iterator[Story]":
        for story in stories(journeys, seed):
            truth.add(story)
            yield story

    events = 0
    with out.open("wb") as file:
        for line in arrivals(told()):
            file.write(line + b"\n")
            events += 1
    if answers is not None:
        answers.write_bytes(orjson.dumps(truth.document()) + b"\n")
    typer.echo(f"{journeys:,} journeys, {events:,} events", err=True)
