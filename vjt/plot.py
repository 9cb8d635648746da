"""`vjt report NAME --plot`: a figure as a picture, in the terminal or as SVG.

Zero is on every axis, numbers stand beside their bars, and nothing is told by colour alone. The palette is that of the Government
Analysis Function.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from vjt.errors import CALL, Failed
from vjt.rows import printable

BLUE, ORANGE, GREY, WHITE = "#12436D", "#F46A25", "#595959", "#FFFFFF"
STAGES = ("investigation", "charging", "awaiting_trial", "trial")
WIDTH, LEFT, RIGHT, TOP = 760, 210, 170, 96  # of the picture, px: of the whole, and beside and above the plot
BAR, GAP, HEIGHT = 18, 14, 260  # of a bar, between two groups, of a curve
SMALL = f'font-size="12" fill="{GREY}"'
EIGHTHS = " ▏▎▍▌▋▊▉█"
LEVELS = " ▁▂▃▄▅▆▇█"
LINES = 12  # of a curve in the terminal

Row = Mapping[str, Any]
Steps = list[tuple[int, float, float | None, float | None]]  # day, share, its interval


@dataclass(frozen=True, slots=True)
class Bar:
    group: str  # what stands left of it; "" where it belongs to the one above
    length: float | None  # None: not printed
    label: str
    colour: str = BLUE


@dataclass(frozen=True, slots=True)
class Plot:
    title: str
    measure: str
    population: str
    source: str
    bars: Sequence[Bar] = ()
    steps: Steps | None = None


def check(name: str) -> None:
    """Raises Failed for a figure that has no picture."""
    if name not in PLOTS:
        raise Failed(f"--plot is not for {name}; it is for: {', '.join(PLOTS)}", CALL)


def plot(name: str, rows: Sequence[Row]) -> Plot:
    """The picture of a figure's rows. Raises Failed for a figure that has none, and for rows of several pictures."""
    check(name)
    make, one_of = PLOTS[name]
    if not rows:
        raise Failed("there are no rows to draw", CALL)
    for column in one_of:
        values = list(dict.fromkeys(str(row[column]) for row in rows))
        if len(values) > 1:
            some = ", ".join(values[:5]) + ", …" * (len(values) > 5)
            raise Failed(f"--plot draws one {column}: name it with --where {column}=…; there are: {some}", CALL)
    title, measure, bars, steps = make(rows)
    periods = sorted(f"{row['period']:%Y-%m}" for row in rows)
    period = periods[0] if periods[0] == periods[-1] else f"{periods[0]} to {periods[-1]}"
    said = [f"{column} {rows[0][column]}" for column in one_of if column not in ("period", "dimension", "value")]
    value = "" if rows[0]["dimension"] == "all" else f", {rows[0]['dimension']} {rows[0]['value']}"
    population = f"{', '.join(said)}{value}, {period}"
    return Plot(title, measure, population, f"Source: Victim Journey Tracker, metrics.{name}", bars, steps)


Made = tuple[str, str, Sequence[Bar], Steps | None]  # title, measure, bars or steps


def _curve(rows: Sequence[Row]) -> Made:
    told = [
        row for row in sorted(rows, key=lambda row: row["day"]) if not isinstance(row["cumulative_withdrawal"], str)
    ]
    if not told:
        raise Failed("every day of this curve is hidden", CALL)
    steps = [(row["day"], row["cumulative_withdrawal"], row["low"], row["high"]) for row in told]
    day, share, _, _ = steps[-1]
    measure = "Estimated share withdrawn before a charge, by days since the report, 95 % interval"
    return f"{share:.0%} of victims had withdrawn by day {day}", measure, (), steps


def _funnel(rows: Sequence[Row]) -> Made:
    def total(stage: str, column: str) -> int | None:
        values = [row[column] for row in rows if row["stage"] == stage]
        return None if any(isinstance(value, str) for value in values) else sum(values)

    if rows[0]["basis"] != "reported":
        raise Failed("--plot follows those who reported: name them with --where basis=reported", CALL)
    if STAGES[0] not in {row["stage"] for row in rows}:
        raise Failed("--plot draws the way from stage to stage: leave --where stage=… out", CALL)
    whole = total(STAGES[0], "entered")
    bars = []
    for stage in STAGES:
        entered, withdrew = total(stage, "entered"), total(stage, "withdrew")
        share = f" ({entered / whole:.0%})" if entered is not None and whole else ""
        label = f"{_number(entered)}{share}, {_number(withdrew)} withdrew"
        bars.append(Bar(stage, entered, label))
    known = [total(stage, "withdrew") for stage in STAGES]
    withdrawn = None if None in known else sum(n or 0 for n in known)
    title = f"{_number(withdrawn)} of {_number(whole)} journeys ended with the victim's withdrawal"
    return title, "Journeys that entered each stage, share of those reported", bars, None


def _delay(rows: Sequence[Row]) -> Made:
    bars = []
    for row in rows:
        for column, colour, group in (("median_days", BLUE, row["interval"]), ("p90_days", ORANGE, "")):
            value = row[column]
            length = None if value is None or isinstance(value, str) else float(value)
            said = value if isinstance(value, str) else "-" if length is None else f"{length:,.0f} days"
            bars.append(Bar(group, length, f"{'median' if group else '90 %'} {said}", colour))
    medians = [(bar.length, bar.group) for bar in bars if bar.group and bar.length is not None]
    title = "{1} is the longest wait: half took more than {0:.0f} days".format(*max(medians)) if medians else "Waits"
    return title, "Median and 90th percentile of completed intervals, days", bars, None


def _number(value: float | None) -> str:
    return "~" if value is None else f"{value:,.0f}"


PLOTS: dict[str, tuple[Callable[[Sequence[Row]], Made], tuple[str, ...]]] = {
    "attrition": (_funnel, ("offence", "dimension", "value", "cohort", "basis")),
    "attrition_curve": (_curve, ("offence", "dimension", "value", "cohort", "period")),
    "delay": (_delay, ("offence", "dimension", "value", "unit", "basis", "period")),
}
"""Figures that can be drawn, and the columns of which a picture shows one value."""


def in_terminal(plot: Plot, width: int) -> Iterator[str]:
    """Lines at most `width` wide, but for labels that need more."""
    yield f"{printable(plot.title)}\n{printable(plot.measure)}\n{printable(plot.population)}\n\n"
    if plot.steps is not None:
        yield from _curve_in_terminal(plot.steps, width)
    else:
        groups = max(len(bar.group) for bar in plot.bars)
        room = max(width - groups - max(len(bar.label) for bar in plot.bars) - 2, 10)
        most = max((bar.length or 0 for bar in plot.bars), default=0) or 1
        for bar in plot.bars:
            eighths = round((bar.length or 0) / most * room * 8)
            drawn = "█" * (eighths // 8) + EIGHTHS[eighths % 8].strip()
            yield f"{printable(bar.group).ljust(groups)} {drawn} {printable(bar.label)}\n"
    yield f"\n{printable(plot.source)}\n"


def _curve_in_terminal(steps: Steps, width: int) -> Iterator[str]:
    last, room = steps[-1][0], max(width - 6, 10)
    most = _most(steps)
    columns = [_share(steps, x * last / (room - 1)) / most * LINES * 8 for x in range(room)]
    for line in reversed(range(LINES)):
        mark = f"{most * (line + 1) / LINES:5.0%}" if (line + 1) % 6 == 0 else " " * 5
        yield f"{mark} {''.join(LEVELS[min(max(round(c) - line * 8, 0), 8)] for c in columns)}".rstrip() + "\n"
    yield f"   0% {'0'.ljust(room - len(str(last)))}{last}\n"
    _, share, low, high = steps[-1]
    interval = f" ({low:.1%} to {high:.1%})" if low is not None and high is not None else ""
    yield f"day {last}: {share:.1%}{interval}\n"


def _share(steps: Steps, day: float) -> float:
    return next((share for at, share, _, _ in reversed(steps) if at <= day), 0.0)


def _most(steps: Steps) -> float:
    """The top of the axis: whole tenths that hold every interval."""
    return min(-(-max(high or share for _, share, _, high in steps) * 10 // 1) or 1, 10) / 10


def svg(plot: Plot) -> str:
    """The picture as a document of its own."""
    bars = sum(BAR + GAP * bool(bar.group) for bar in plot.bars)
    height = TOP + (bars + GAP if plot.steps is None else HEIGHT + 30) + 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title desc" font-family="Arial, sans-serif">\n'
        f'<title id="title">{_escaped(plot.title)}</title>\n'
        f'<desc id="desc">{_escaped(f"{plot.measure}. {plot.population}")}</desc>\n'
        f'<rect width="{WIDTH}" height="{height}" fill="{WHITE}"/>\n'
        + _text(20, 30, plot.title, 'font-size="18" font-weight="bold"')
        + _text(20, 54, plot.measure, SMALL)
        + _text(20, 72, plot.population, SMALL)
        + "".join(_svg_bars(plot.bars) if plot.steps is None else _svg_curve(plot.steps))
        + _text(20, height - 14, plot.source, SMALL)
        + "</svg>\n"
    )


def _escaped(text: str) -> str:
    return escape(printable(text))


def _text(x: float, y: float, text: str, manner: str = 'font-size="13"') -> str:
    return f'<text x="{x:g}" y="{y:g}" {manner}>{_escaped(text)}</text>\n'


def _svg_bars(bars: Sequence[Bar]) -> Iterator[str]:
    most = max((bar.length or 0 for bar in bars), default=0) or 1
    y = TOP
    for bar in bars:
        y += GAP * bool(bar.group)
        length = (bar.length or 0) / most * (WIDTH - LEFT - RIGHT)
        yield _text(LEFT - 8, y + BAR - 5, bar.group, 'font-size="13" text-anchor="end"')
        yield f'<rect x="{LEFT}" y="{y}" width="{length:g}" height="{BAR - 2}" fill="{bar.colour}"/>\n'
        yield _text(LEFT + length + 6, y + BAR - 5, bar.label)
        y += BAR
    yield f'<line x1="{LEFT}" y1="{TOP}" x2="{LEFT}" y2="{y + GAP}" stroke="{GREY}"/>\n'


def _svg_curve(steps: Steps) -> Iterator[str]:
    left, right, bottom = 60, WIDTH - 110, TOP + HEIGHT
    last, most = max(steps[-1][0], 1), _most(steps)

    def x(day: float) -> float:
        return round(left + day / last * (right - left), 2)

    def y(share: float) -> float:
        return round(bottom - share / most * HEIGHT, 2)

    for tenth in range(round(most * 10) + 1):
        yield f'<line x1="{left}" y1="{y(tenth / 10):g}" x2="{right}" y2="{y(tenth / 10):g}" stroke="#D9D9D9"/>\n'
        yield _text(left - 8, y(tenth / 10) + 4, f"{tenth * 10} %", SMALL + ' text-anchor="end"')
    for day in (0, last / 4, last / 2, last * 3 / 4, last):
        yield _text(x(day), bottom + 20, f"{day:.0f}", SMALL + ' text-anchor="middle"')
    for place, more in ((2, ' stroke-dasharray="4 3"'), (3, ' stroke-dasharray="4 3"'), (1, ' stroke-width="2.5"')):
        drawn = ((step[0], step[place]) for step in steps)
        line = "".join(f"H{x(day):g}V{y(share):g}" for day, share in drawn if share is not None)
        yield f'<path d="M{left} {bottom}{line}H{right}" fill="none" stroke="{BLUE}"{more}/>\n'
    yield _text(right + 8, y(steps[-1][1]) + 4, f"{steps[-1][1]:.1%}", 'font-size="13" font-weight="bold"')
    yield f'<line x1="{left}" y1="{bottom}" x2="{right}" y2="{bottom}" stroke="{GREY}"/>\n'
