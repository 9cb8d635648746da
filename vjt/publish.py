"""`vjt publish`: events from files onto their topics."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from vjt.errors import CHECK
from vjt.rows import Format, FormatOption

if TYPE_CHECKING:
    from schemas.rejected import Rejected
    from store.delivery import Delivery

COLUMNS = ("file", "line", "reason", "pointer", "message")


def publish(
    files: Annotated[
        list[str], typer.Argument(help="Files of events, one a line; `-` is standard input, `.gz` is unpacked.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be rejected and why; send nothing, need no server.")
    ] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Validate events and send them to their agencies' topics. Exit code 1 if any line was rejected.

    Rejected lines are told one by one on standard error; with `--format json` or `csv` they are rows on standard output (file,
    line, reason, pointer, message), and the counts go to standard error.
    """
    from vjt.lines import TornFile, check, deliveries

    check(files)
    torn = False

    def lines() -> "Iterable[Delivery]":
        nonlocal torn
        for file in files:
            try:
                yield from deliveries(file)
            except TornFile as error:
                typer.echo(error, err=True)
                torn = True

    if (try_(lines(), format) if dry_run else send(lines(), format)) or torn:
        raise typer.Exit(CHECK)


class Told:
    """Tells each rejection at once and keeps none: there may be as many as lines."""

    def __init__(self, format: Format) -> None:
        self.format = format
        self.reasons: Counter[str] = Counter()

    def __call__(self, delivery: "Delivery", reason: "Rejected") -> None:
        row = (*delivery.place, reason.reason, reason.pointer, reason.message)
        match self.format:
            case Format.TABLE:
                typer.echo(f"{delivery.place}: {reason}", err=True)
            case Format.CSV:
                self._csv(*([] if self.reasons else [COLUMNS]), row)
            case Format.JSON:
                text = json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False)
                sys.stdout.write(f"{',' if self.reasons else '['}\n {text}")
        self.reasons[reason.reason] += 1

    def end(self, counts: str) -> int:
        """Tell the counts, of the others and of the rejected by reason; how many were rejected."""
        rejected = sum(self.reasons.values())
        if self.format == Format.JSON:
            sys.stdout.write("\n]\n" if rejected else "[]\n")
        elif self.format == Format.CSV and not rejected:
            self._csv(COLUMNS)
        typer.echo(f"{counts}, rejected {rejected:,}", err=self.format != Format.TABLE)
        for reason, number in self.reasons.most_common():
            typer.echo(f"  {reason} {number:,}", err=self.format != Format.TABLE)
        return rejected

    @staticmethod
    def _csv(*rows: Iterable[object]) -> None:
        csv.writer(sys.stdout, lineterminator="\r\n").writerows(rows)


def try_(lines: "Iterable[Delivery]", format: Format = Format.TABLE) -> int:
    """Tell of each line whether it would be rejected; how many would. Holds some bytes an event and no line."""
    from datetime import UTC, datetime

    from schemas.read import read
    from schemas.reference import event_key
    from schemas.rejected import Rejected

    told = Told(format)
    known: dict[bytes, bytes] = {}
    duplicates = 0
    for delivery in lines:
        try:
            event = read(delivery.value, topic=None, now=datetime.now(UTC))
            key = event_key(event.source, event.id).bytes
            if key not in known:
                known[key] = event.content_hash
            elif known[key] == event.content_hash:
                duplicates += 1
            else:
                raise Rejected("conflicting_duplicate", "", "an earlier line has this source and id, and other content")
        except Rejected as reason:
            told(delivery, reason)
    return told.end(f"valid {len(known):,}, duplicates {duplicates:,}")


def send(lines: "Iterable[Delivery]", format: Format = Format.TABLE) -> int:
    """Send what is valid to the Kafka in force, tell the counts; how many were rejected."""
    import asyncio
    import logging

    from streams.publish import publish as publish_all
    from vjt.progress import Progress
    from vjt.settings import Settings

    kafka = Settings().kafka()
    told = Told(format)
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # the error that ends it is told once
    with Progress(" events") as progress:
        done = asyncio.run(publish_all(lines, kafka, told, progress))
    return told.end(f"sent {done.sent:,}")
