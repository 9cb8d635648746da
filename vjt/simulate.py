"""`vjt simulate`: synthetic events with known answers."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simulator.story import Story


def simulate(
    journeys: Annotated[int, typer.Option("--journeys", min=1, help="How many journeys.")],
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same seed, the same bytes.")] = 1,
    out: Annotated[
        str, typer.Option("--out", help="The events, one a line, in order of arrival; `-` is standard output.")
    ] = "-",
    answers: Annotated[
        Path | None, typer.Option("--answers", help="What is true of them: the generator's own totals and parameters.")
    ] = None,
) -> None:
    """A synthetic year of London: events of every agency, late, twice and corrected, and what is true behind them."""
    from simulator.answers import Answers
    from simulator.city import stories
    from simulator.disturbance import arrivals
    from vjt.progress import Progress

    truth = Answers(journeys, seed)
    told = 0

    def noted() -> "Iterator[Story]":
        nonlocal told
        for story in stories(journeys, seed):
            if answers is not None:
                truth.add(story)
            told += len(story.journeys)
            yield story

    events = 0
    with ExitStack() as stack:
        file = sys.stdout.buffer if out == "-" else stack.enter_context(Path(out).open("wb"))
        known = stack.enter_context(answers.open("wb")) if answers is not None else None
        progress = stack.enter_context(Progress(" journeys"))
        for line in arrivals(noted()):
            file.write(line + b"\n")
            events += 1
            progress("simulate", told, journeys)
        file.flush()
        if known is not None:
            known.writelines(truth.text())
    typer.echo(f"{journeys:,} journeys, {events:,} events", err=True)
