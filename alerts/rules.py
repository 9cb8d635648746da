"""The thresholds of the rules: `rules.toml`, or another file of that shape."""

import datetime as dt
import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from domain.offence import CATEGORIES

FILE = Path(__file__).with_name("rules.toml")

Days = Annotated[int, Field(strict=True, ge=0, le=3650)]
Share = Annotated[float, Field(gt=0, lt=1)]


class BadRules(Exception):
    """A file of rules cannot be used: which, where in it, and what was expected."""


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ChargingWait(_Table):
    """Days from the referral: in general, of a suspect in custody, by category of offence."""

    days: Days
    in_custody_days: Days
    offences: dict[str, Days]

    @model_validator(mode="after")
    def _known(self) -> "ChargingWait":
        if unknown := sorted(self.offences.keys() - CATEGORIES):
            raise ValueError(
                f"no category of offence: {', '.join(unknown)}; expected some of {', '.join(sorted(CATEGORIES))}"
            )
        return self

    def of(self, offences: list[str], in_custody: bool) -> int:
        """The days after which a case waits too long, by one of its crimes."""
        days = max((self.offences[offence] for offence in offences if offence in self.offences), default=self.days)
        return min(days, self.in_custody_days) if in_custody else days


class After(_Table):
    """One number of days."""

    days: Days


class IneffectiveRate(_Table):
    """The trials of the last `days`, at least `least_trials`, against the rate of the `reference_days` before: raised where chance
    gives as many or more with a probability below `raise_below`, resolved above `resolve_above`."""

    days: Annotated[Days, Field(ge=1)]
    reference_days: Annotated[Days, Field(ge=1)]
    least_trials: Annotated[int, Field(strict=True, ge=1)]
    raise_below: Share
    resolve_above: Share

    @model_validator(mode="after")
    def _apart(self) -> "IneffectiveRate":
        if self.resolve_above < self.raise_below:
            raise ValueError("resolve_above must not be below raise_below")
        return self


class Rules(_Table):
    """All of them."""

    digest_after_days: Days
    repeat: Annotated[tuple[Annotated[int, Field(strict=True, ge=2)], ...], Field(max_length=9)]
    charging_wait: ChargingWait
    action_plan_overdue: After
    withdrawal_unevidenced: After
    trial_far_ahead: After
    special_measures_unresolved: After
    ineffective_rate_high: IneffectiveRate

    @property
    def digest_after(self) -> dt.timedelta:
        return dt.timedelta(self.digest_after_days)

    @field_validator("repeat")
    @classmethod
    def _rising(cls, repeat: tuple[int, ...]) -> tuple[int, ...]:
        if list(repeat) != sorted(set(repeat)):
            raise ValueError("must rise: [2, 4]")
        return repeat


def load(path: Path = FILE) -> Rules:
    """Raises BadRules."""
    try:
        return Rules.model_validate(tomllib.loads(path.read_text()))
    except (OSError, UnicodeDecodeError) as error:
        raise BadRules(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from None
    except tomllib.TOMLDecodeError as error:
        raise BadRules(f"{path}: is no TOML: {error}") from None
    except ValidationError as error:
        told = [f"{path}: {'.'.join(map(str, e['loc'])) or 'rules'}: {_said(e['msg'])}" for e in error.errors()]
        raise BadRules("\n".join(told)) from None


def _said(message: str) -> str:
    return message.removeprefix("Value error, ")
