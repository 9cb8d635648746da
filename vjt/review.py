"""The figures of the London Victims' Commissioner's Victim Attrition Review (2025), and how each is read from `metrics.*` alone.

The review is a web page: it has numbered sections, not pages.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple
from typing import LiteralString as Sql

import psycopg


class Figure(NamedTuple):
    """`review`: the value in its words. `section`: of the review. `column`: of `metrics`, from which it is read. `sql`: a row of
    value, low, high (95 %; null where the table does not tell), and how many it is of."""

    name: str
    review: str
    section: str
    column: str
    unit: str
    sql: Sql


class Untold(NamedTuple):
    """A figure that no event gives, and why."""

    name: str
    review: str
    section: str
    reason: str


SHARE: Sql = """
SELECT k::float8 / nullif(n, 0) AS value, metrics.wilson_low(k, n) AS low, metrics.wilson_high(k, n) AS high, n FROM ({}) AS c(k, n)
"""
RATIO: Sql = """
SELECT ratio AS value, ratio * exp(-1.959964 * error) AS low, ratio * exp(1.959964 * error) AS high, n
FROM (SELECT nullif(one.k, 0)::float8, nullif(one.n, 0)::float8, nullif(other.k, 0)::float8, nullif(other.n, 0)::float8,
             one.n + other.n
      FROM ({}) AS one(k, n), ({}) AS other(k, n)) AS arms(j, a, k, c, n)
CROSS JOIN LATERAL (SELECT (j / a) / (k / c) AS ratio, sqrt(1 / j - 1 / a + 1 / k - 1 / c) AS error) AS katz
"""
COUNT: Sql = "SELECT n::float8 AS value, NULL::float8 AS low, NULL::float8 AS high, n FROM ({}) AS c(n)"
BEFORE_CHARGE: Sql = """
SELECT coalesce(sum({}), 0)::bigint, coalesce(sum(entered - open), 0)::bigint FROM metrics.attrition
WHERE basis = 'reported' AND cohort = 'review' AND stage = 'pre_charge' AND offence = '{}' AND dimension = '{}' AND value IN ('{}')
"""
MEAN: Sql = """
SELECT sum(mean_days * (completed - imprecise)) / nullif(sum(completed - imprecise), 0) AS value, NULL::float8 AS low,
       NULL::float8 AS high, coalesce(sum(completed), 0)::bigint AS n
FROM metrics.delay
WHERE basis = 'started' AND unit = 'case' AND dimension = 'all' AND interval = '{}' AND offence = '{}'
"""
PROSECUTIONS: Sql = """
SELECT coalesce(sum({}), 0)::bigint, coalesce(sum({}), 0)::bigint FROM metrics.post_charge
WHERE dimension = 'all' AND offence = '{}'
"""
MISSING: Sql = """
SELECT coalesce(sum(missing), 0)::bigint, coalesce(sum(missing + present), 0)::bigint FROM metrics.data_quality
WHERE dimension = 'all' AND offence = 'all' AND field = '{}'
"""
TIMING: Sql = """
SELECT coalesce(sum(withdrawals) FILTER (WHERE band IN ('{}')), 0)::bigint, coalesce(sum(withdrawals), 0)::bigint
FROM metrics.withdrawal_timing WHERE dimension = 'all' AND cohort = 'review' AND offence = '{}'
"""
AUDIT: Sql = """
SELECT coalesce(sum({}), 0)::bigint, coalesce(sum({}), 0)::bigint FROM metrics.withdrawal_audit
WHERE dimension = 'all' AND offence = 'all' AND outcome_code = '16'
"""
LISTED: Sql = """
SELECT coalesce(sum(trials), 0)::bigint FROM metrics.listing
WHERE dimension = 'all' AND offence = 'all' AND extract(year FROM period) = {}
"""
BACKLOG: Sql = """
SELECT coalesce(sum({}), 0)::bigint FROM metrics.backlog
WHERE dimension = 'all' AND offence = 'all' AND stage IN ('awaiting_trial', 'trial'){}
"""
ARRESTED: Sql = """
SELECT coalesce(sum({}withdrew), 0)::bigint, coalesce(sum({}entered), 0)::bigint FROM metrics.relative_risk
WHERE cohort = 'review' AND offence = 'domestic_abuse' AND dimension = 'arrested_and_interviewed' AND value = 'yes'
"""
HIGHEST_UNIT: Sql = """
SELECT withdrew::bigint, n::bigint FROM (
    SELECT sum(withdrew) AS withdrew, sum(entered - open) AS n FROM metrics.attrition
    WHERE basis = 'reported' AND cohort = 'review' AND stage = 'pre_charge' AND offence = 'domestic_abuse' AND dimension = 'bcu'
      AND left(value, 4) = 'met/' GROUP BY value) AS unit
WHERE n > 0 ORDER BY withdrew / n DESC LIMIT 1
"""


def _rate(name: str, review: str, section: str, offence: Sql, by: Sql = "all", value: Sql = "all") -> Figure:
    sql = SHARE.format(BEFORE_CHARGE.format("withdrew", offence, by, value))
    return Figure(name, review, section, "attrition.withdrawal_rate", "%", sql)


def _risk(name: str, review: str, section: str, offence: Sql, by: Sql, value: Sql, reference: Sql) -> Figure:
    arms = [BEFORE_CHARGE.format("withdrew", offence, by, each) for each in (value, reference)]
    return Figure(name, review, section, "attrition.withdrawal_rate", "x", RATIO.format(*arms))


def _share(name: str, review: str, section: str, column: str, counts: Sql) -> Figure:
    return Figure(name, review, section, column, "%", SHARE.format(counts))


def _mean(name: str, review: str, section: str, interval: Sql, offence: Sql) -> Figure:
    return Figure(name, review, section, "delay.mean_days", "days", MEAN.format(interval, offence))


def _count(name: str, review: str, section: str, column: str, count: Sql) -> Figure:
    return Figure(name, review, section, column, "", COUNT.format(count))


PARTNER: Sql = "current_partner', 'ex_partner"
FRIEND: Sql = "friend', 'acquaintance"
RELATION: Sql = "suspect_relationship"
ALL_ENTERED: Sql = """
SELECT sum(entered)::bigint FROM metrics.attrition
WHERE basis = 'reported' AND cohort = 'review' AND stage = 'pre_charge' AND offence = 'all' AND dimension = 'all'
"""

FIGURES = (
    _count("crimes of one victim, one suspect", "> 270,000", "2", "attrition.entered", ALL_ENTERED),
    _rate("withdrawn before a charge", "40 %", "2", "all"),
    _share("stopped otherwise", "52 %", "2", "attrition.other_exit", BEFORE_CHARGE.format("other_exit", "all", "all", "all")),
    _rate("  robbery", "19 %", "2", "robbery"),
    _rate("  criminal damage", "18 %", "2", "criminal_damage"),
    _rate("  domestic abuse", "59 %", "2", "domestic_abuse"),
    _rate("  adult rape", "69 %", "2", "adult_rape"),
    _rate("  adult rape, domestic abuse", "74 %", "2", "adult_rape_domestic_abuse"),
    _rate("  child sexual abuse", "51 %", "4", "child_sexual_abuse"),
    _rate("  adult sexual offences, not rape", "50 %", "4", "adult_sexual_not_rape"),
    _rate("  suspect known to the victim", "54 %", "3", "all", RELATION, "known"),
    _rate("  victim under 18", "36 %", "4", "all", "age_band", "0-17"),
    _rate("  victim 18 to 24", "43 %", "4", "all", "age_band", "18-24"),
    _rate("  Central East", "34 %", "6", "all", "bcu", "met/central_east"),
    _rate("  West Area", "44 %", "6", "all", "bcu", "met/west_area"),
    _rate("  domestic abuse, North East", "46 %", "6", "domestic_abuse", "bcu", "met/north_east"),
    _share("  domestic abuse, highest unit", "62 %", "6", "attrition.withdrawal_rate", HIGHEST_UNIT),
    _risk("likelier: partner, not stranger", "2.1 x", "2", "all", RELATION, PARTNER, "stranger"),
    _risk("  friend or acquaintance", "1.8 x", "2", "all", RELATION, FRIEND, "stranger"),
    _risk("  private home (adult sexual)", "2.3 x", "3", "adult_sexual", "location_type", "private_residence", "public_place"),
    _risk("  hotel (adult sexual)", "2.2 x", "3", "adult_sexual", "location_type", "hotel", "public_place"),
    _risk("  youth violence: partner", "3.1 x", "3", "serious_youth_violence", RELATION, PARTNER, "stranger"),
    _risk("  youth violence: friend", "1.7 x", "3", "serious_youth_violence", RELATION, FRIEND, "stranger"),
    _risk("  youth violence: suspect on PNC", "1.7 x", "3", "serious_youth_violence", "suspect_known_on_pnc", "yes", "no"),
    Figure(
        "less likely: arrest, interview (DA)", "2.7 x", "3", "relative_risk", "x",
        RATIO.format(ARRESTED.format("reference_", "reference_"), ARRESTED.format("", "")),
    ),
    _risk("  mental-health condition", "1.3 x", "3", "all", "vulnerability", "none", "mental_health"),
    _risk("  physical disability", "1.1 x", "3", "all", "vulnerability", "none", "physical_disability"),
    _risk("  another disability", "1.2 x", "3", "all", "vulnerability", "none", "other_disability"),
    _share("withdrawn by day 30, not sexual", "most", "3", "withdrawal_timing", TIMING.format("0-7', '8-30", "non_sexual")),
    _share("  months 3 to 12, sexual", "peak", "4", "withdrawal_timing", TIMING.format("91-365", "sexual")),
    _share("outcome 16: no record", "59 %", "2", "withdrawal_audit.unevidenced", AUDIT.format("unevidenced", "withdrawals")),
    _share("  correct, of audited", "29 %", "2", "withdrawal_audit.correct_rate", AUDIT.format("audited_correct", "audited")),
    _mean("receipt by CPS to charge", "37 days", "4", "receipt_to_charge", "all"),
    _mean("  sexual offences", "130 days", "4", "receipt_to_charge", "sexual"),
    _mean("  rape", "267 days", "4", "receipt_to_charge", "rape"),
    _mean("receipt by court to completion", "255 days", "5", "court_receipt_to_completion", "all"),
    _mean("  rape", "461 days", "5", "court_receipt_to_completion", "rape"),
    _share(
        "Crown Court trials ineffective",
        "31.6 %",
        "5",
        "trial.ineffective_rate",
        "SELECT coalesce(sum(ineffective), 0)::bigint, coalesce(sum(trials), 0)::bigint FROM metrics.trial "
        "WHERE dimension = 'all' AND jurisdiction = 'crown'",
    ),
    _share(
        "not convicted: for the victim", "18-33 %", "5", "post_charge.share_of_not_convicted",
        PROSECUTIONS.format("not_convicted_victim", "not_convicted", "all"),
    ),
    _share(
        "  of all that were finalised", "5 %", "5", "post_charge.share_of_finalised",
        PROSECUTIONS.format("not_convicted_victim", "finalised", "all"),
    ),
    _share(
        "  of dropped, domestic abuse", "35-59 %", "5", "post_charge.share_of_dropped",
        PROSECUTIONS.format("dropped_victim", "dropped", "domestic_abuse"),
    ),
    _share("ethnicity missing: victims", "70 %", "6", "data_quality.missing_rate", MISSING.format("ethnicity_self_defined")),
    _share("  suspects", "78 %", "6", "data_quality.missing_rate", MISSING.format("suspect_ethnicity_self_defined")),
    _share("  victims, seen by officers", "35 %", "6", "data_quality.missing_rate", MISSING.format("ethnicity_officer_observed")),
    _share(
        "updated every 28 days", "low", "4", "contact.rate",
        "SELECT coalesce(sum(met), 0)::bigint, coalesce(sum(due), 0)::bigint FROM metrics.contact "
        "WHERE dimension = 'all' AND offence = 'all'",
    ),
    _count("trials listed in 2028", "> 600", "5", "listing.trials", LISTED.format("2028")),
    _count("  in 2029", "> 100", "5", "listing.trials", LISTED.format("2029")),
    _count("cases that await trial", "17,500", "1", "backlog.cases", BACKLOG.format("cases", "")),
    _count(
        "  vulnerable victims, London South", "1,200", "5", "backlog.journeys",
        BACKLOG.format("journeys", " AND vulnerable AND cps_area = 'london_south'"),
    ),
)  # fmt: skip
"""In the order of a journey. Numbers of the whole of London cannot be near: a run is as large as it was asked to be."""

UNTOLD = (
    Untold("satisfied, needs met or not", "78 %, 20 %", "3", "a survey of victims; no agency records it"),
    Untold("feel vulnerable, found so by police", "47, 35 of 100", "3", "a survey of victims"),
    Untold("crimes reported at all", "4 in 10", "2", "what nobody reports makes no event"),
    Untold("felt pushed out, and why", "interviews", "2", "said to researchers, not to an agency"),
    Untold(
        "withdrawn, London's Lighthouse",
        "31 %",
        "5",
        "no event says that a victim was there",
    ),
    Untold(
        "withdrawn, with an ISVA",
        "2 of 62",
        "4",
        "an evaluation; this run has no such effect",
    ),
    Untold("convicted, with a stalking advocate", "1 in 4", "4", "a charity's count of its own clients"),
    Untold("receipt by court to completion, nation", "223 days", "5", "only London's agencies send events"),
    Untold("withdrawn, rape, earlier years", "65 %, 58 %", "4", "earlier reviews; this run is one year"),
    Untold("not convicted for the victim, a month", "146", "5", "of all London; its shares are above"),
)


def figures(connection: psycopg.Connection[Any]) -> Iterator[dict[str, Any]]:
    """Every figure, the review's value beside the tables'."""
    for figure in FIGURES:
        row = connection.execute(figure.sql).fetchone()
        assert row is not None
        value, low, high, n = row.values() if isinstance(row, dict) else row
        yield {
            "figure": figure.name,
            "review": figure.review,
            "here": _spelled(value, figure.unit),
            "95 %": "" if low is None else f"{_number(low, figure.unit)}-{_number(high, figure.unit)}",
            "n": n,
            "metrics": figure.column,
            "section": figure.section,
        }


def _spelled(value: float | None, unit: str) -> str:
    return "-" if value is None else f"{_number(value, unit)} {unit}".rstrip()


def _number(value: float, unit: str) -> str:
    match unit:
        case "%":
            return f"{100 * value:.1f}"
        case "x":
            return f"{value:.2f}"
        case _:
            return f"{value:,.0f}"
