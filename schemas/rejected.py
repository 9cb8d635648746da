"""Why an event is not taken (contract 2.3). What to do about each reason: docs/rejected.md."""

from typing import Any

from pydantic import ValidationError

REASONS = {
    "no_value": "The message has no value.",
    "too_large": "The message is larger than any event can be.",
    "not_json": "The message is not JSON: wrong bytes, a key given twice, a number that is none, nested too deeply.",
    "invalid_envelope": "An attribute of the envelope is missing, or is not what CloudEvents 1.0 and the contract say.",
    "unknown_type": "There is no such event type.",
    "wrong_source": "The source is none that may send this type.",
    "wrong_topic": "The source does not write to this topic.",
    "time_out_of_range": "A time is before 1970, or more than a day ahead.",
    "invalid_data": "The data are not what the schema of the type says.",
    "foreign_correction": "A correction of another source's event.",
    "conflicting_duplicate": "An event with this source and id was accepted before, with other content.",
    "unstorable": "The database did not take the event.",
}
"""Every reason code, with the sentence that says what it means."""


class Rejected(Exception):
    """An event that is not taken.

    `reason` is a code of `REASONS`, `pointer` a JSON pointer into the structured form ("" = the whole), `message` a
    sentence for a person. None of the three ever holds anything of the event's values, nor names of unknown fields.
    """

    def __init__(self, reason: str, pointer: str, message: str) -> None:
        super().__init__(f"{reason} at {pointer or '/'}: {message}")
        self.reason, self.pointer, self.message = reason, pointer, message


_MESSAGES = {
    "missing": "is required",
    "string_type": "must be a string",
    "string_pattern_mismatch": "does not match {pattern}",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "literal_error": "must be one of {expected}",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must have at least {min_length}",
    "too_long": "must have at most {max_length}",
    "missing_reference": "needs {fields}",
    "missing_force": "needs force beside a crime reference",
    "no_such_date": "is no date of the calendar",
    "date_out_of_range": "must be between 1900 and 2100",
    "no_such_time": "must be a time with an offset",
}
# What pydantic fills in comes from our schemas, but for the length that it found.


def invalid_data(error: ValidationError, pointer: str) -> Rejected:
    """The first thing that a schema holds against some data which stand at `pointer`."""
    first: Any = error.errors(include_url=False, include_input=False)[0]
    message = _MESSAGES.get(first["type"], "is not what the schema says").format(**first.get("ctx", {}))
    return Rejected("invalid_data", pointer + "".join(f"/{step}" for step in first["loc"]), message)
