"""What every event type is made of: references, codes, dates, bounded numbers, and who it is about.

Nothing here is free text. Strings are references, codes, or dates; lists and integers are bounded.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeVar

from annotated_types import Ge, Le
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic import StringConstraints as Text
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from schemas import codes, reference

CODE = r"[a-z0-9_]{1,40}"
"""What a code looks like (contract 2.3)."""

MOST_CRIMES = 10_000
MOST_CODES = 100

Item = TypeVar("Item")


def _given_once(items: list[Item]) -> list[Item]:
    return list(dict.fromkeys(items))


def _real_date(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("no_such_date", "is not a date of the calendar") from None
    if not 1900 <= day.year <= 2100:
        raise PydanticCustomError("date_out_of_range", "is not between 1900 and 2100")
    return value


class Listed:
    """A code of an open list: an unknown one becomes `other` and is noted in the context of the validation, a list."""

    def __init__(self, labels: Mapping[str, str], pattern: str = CODE, *, upper: bool = False) -> None:
        self.labels, self.pattern, self.upper = labels, pattern, upper

    def known(self, value: str, info: ValidationInfo) -> str:
        if value in self.labels:
            return value
        if value.lower() == codes.OTHER:
            return codes.OTHER
        if info.context is not None:
            info.context.append(info.field_name)
        return codes.OTHER

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        text = core_schema.str_schema(strict=True, pattern=f"^(?:{self.pattern})$", to_upper=self.upper)
        return core_schema.with_info_after_validator_function(self.known, text)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        known = list(self.labels)
        return handler(schema) | {"examples": [known[0]], "x-codes": known}


Ref = Annotated[str, Text(strict=True, strip_whitespace=True, to_upper=True, pattern=f"^{reference.PATTERN}$")]
CrimeReference = Annotated[Ref, Field(description="The force's reference of the crime.", examples=["01/2345678/21"])]
VictimReference = Annotated[Ref, Field(description="The force's own number for the victim.", examples=["V-1001"])]
Urn = Annotated[Ref, Field(description="The case's unique reference number (PTI-URN).", examples=["01AB1234521"])]
CourtCaseNumber = Annotated[Ref, Field(description="The court's number of the case.", examples=["T20217001"])]
HearingId = Annotated[Ref, Field(description="The court's identifier of the hearing.", examples=["H-7001"])]
NextHearingId = Annotated[
    Ref, Field(description="The hearing that takes this one's place, or follows it.", examples=["H-7002"])
]
SuspectReference = Annotated[Ref, Field(description="The agency's number for the suspect.", examples=["S-501"])]
ActionPlanId = Annotated[Ref, Field(description="CPS's identifier of the action plan.", examples=["AP-1"])]
Uvi = Annotated[
    Ref,
    AfterValidator(reference.canonical_uvi),
    Field(description="A unique victim identifier.", examples=["UVI-0001"]),
]
Crimes = Annotated[
    list[CrimeReference],
    AfterValidator(_given_once),
    Field(min_length=1, max_length=MOST_CRIMES, description="The crimes meant; never empty."),
]
Force = Annotated[
    str,
    Text(strict=True, strip_whitespace=True, to_lower=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,39}$"),
    Field(description="The police force in which the crime references count.", examples=["met"]),
]

Code = Annotated[str, Text(strict=True, pattern=f"^{CODE}$"), Field(examples=["administrative"])]
Codes = Annotated[list[Item], AfterValidator(_given_once), Field(max_length=MOST_CODES)]
Day = Annotated[
    str,
    Text(strict=True, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
    AfterValidator(_real_date),
    Field(json_schema_extra={"format": "date"}, examples=["2021-05-03"]),
]
Flag = Annotated[bool, Field(strict=True, examples=[True])]
Age = Annotated[int, Field(strict=True, description="Whole years, at the report.", examples=[34]), Ge(0), Le(130)]

OffenceGroup = Annotated[
    str,
    Listed(codes.OFFENCE_GROUPS),
    Field(description="The offence: a subgroup of the Home Office's, or as much as the source knows."),
]
OffenceCode = Annotated[
    str,
    Text(strict=True, strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9/.]{0,9}$"),
    Field(description="A Home Office offence code.", examples=["8N"]),
]
OffenceFlag = Annotated[str, Listed(codes.FLAGS)]
Relationship = Annotated[str, Listed(codes.RELATIONSHIPS), Field(description="What the suspect is to the victim.")]
Sex = Annotated[str, Listed(codes.SEXES), Field(description="Sex, as recorded.")]
Ethnicity = Annotated[
    str,
    Listed(codes.ETHNICITIES, r"[A-Za-z0-9]{1,10}", upper=True),
    Field(description="Ethnicity as the person gives it (18+1)."),
]
ObservedEthnicity = Annotated[
    str,
    Listed(codes.OBSERVED_ETHNICITIES),
    Field(description="Appearance as an officer noted it; no substitute for the former."),
]


class Link(NamedTuple):
    """A statement that this type makes about two of its fields: what `start` names leads to what `end` names.

    `makes` is False where the type says that they do not belong together after all.
    """

    start: str
    end: str
    makes: bool = True


class EventData(BaseModel):
    """The `data` of one event type. The docstring of each type is what a Witness Care officer would say.

    `SUBJECT`: fields that say what the event is about, the first one given wins. `NAMES`: fields that name a victim,
    the first one given wins. `LINKS`: what it ties. `NEEDS`: groups of fields of which at least one must be given.
    A type with a field `force` needs it as soon as it has a crime reference (contract 2.4). A later version of a type is a
    model of its own, with `upcast`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    TYPE: ClassVar[str]
    SUBJECT: ClassVar[tuple[str, ...]]
    NAMES: ClassVar[tuple[str, ...]] = ()
    LINKS: ClassVar[tuple[Link, ...]] = ()
    NEEDS: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @staticmethod
    def upcast(earlier: dict[str, Any]) -> dict[str, Any]:
        """Stored data of the version before this one, in the form of this one."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _says_what_it_is_about(self) -> Self:
        given = self.__dict__
        for group in self.NEEDS:
            if all(given[name] is None for name in group):
                raise PydanticCustomError("missing_reference", "needs {fields}", {"fields": " or ".join(group)})
        if given.get("force", "") is None and (given.get("crime_reference") or given.get("crime_references")):
            raise PydanticCustomError("missing_force", "needs force beside a crime reference")
        return self


FORCE_IN_SOURCE = re.compile(r"/police/([A-Za-z0-9][A-Za-z0-9-]{0,39})(?:/.*)?")


def force_of(source: str) -> str | None:
    """The force that speaks in a police source, `/police/<force>` or `/police/<force>/…`; None of any other source."""
    found = FORCE_IN_SOURCE.fullmatch(source)
    return found[1].lower() if found else None
