"""The values of each dimension of `metrics.attrition` that a journey counts in (contract 5.2)."""

from collections.abc import Collection, Iterator

from simulator.people import Journey
from simulator.withdrawal import age_band


def dimensions(j: Journey) -> list[tuple[str, str]]:
    """Every (dimension, value)."""
    crime, said = j.crime, j.victim.data
    single = {
        "all": "all",
        "force": crime.force,
        "bcu": f"{crime.force}/{crime.bcu}" if crime.bcu else None,
        "cps_area": j.area,
        "suspect_relationship": crime.relationship,
        "location_type": crime.location,
        "ethnicity_self_defined": said.get("ethnicity_self_defined"),
        "ethnicity_officer_observed": said.get("ethnicity_officer_observed"),
        "suspect_ethnicity_self_defined": crime.suspect.get("ethnicity_self_defined"),
        "suspect_ethnicity_officer_observed": crime.suspect.get("ethnicity_officer_observed"),
        "age_band": age_band(j.victim.age),
        "sex": said.get("sex"),
        "arrested_and_interviewed": _yes(crime.arrested and crime.interviewed),
        "suspect_known_on_pnc": _yes(crime.on_pnc),
    }
    found = [(dimension, value or "missing") for dimension, value in single.items()]
    if crime.relationship not in (None, "stranger"):
        found.append(("suspect_relationship", "known"))
    found += [("vulnerability", value) for value in _several(said.get("vulnerabilities"))]
    found += [("support_service", value) for value in _several(j.services)]
    return found


def _yes(known: bool | None) -> str | None:
    return None if known is None else "yes" if known else "no"


def _several(values: Collection[str] | None) -> Iterator[str]:
    if values:
        yield from values
    yield "missing" if values is None else "any" if values else "none"
