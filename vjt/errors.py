"""What a user is told when something fails, and with which exit code."""

import errno

CHECK = 1
CALL = 2
UNREACHABLE = 3


class Failed(Exception):
    """A failure that its message explains. `code` is the exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def explained(error: Exception) -> Failed | None:
    """A user's words for an error that is none of ours; None: it is a defect, and its traceback is wanted."""
    from psycopg import InterfaceError, OperationalError, errors

    from alerts.rules import BadRules
    from projections.step import NoBuild, OtherRules
    from vjt.settings import NotUp
    from vjt.stack.process import StackError

    if type(error).__module__ == "eventsourcing.persistence" and isinstance(error.__cause__, Exception):
        error = error.__cause__  # psycopg's own, which the library has wrapped
    if isinstance(error, BadRules):
        return Failed(str(error), CALL)
    if isinstance(error, (NotUp, StackError)):
        return Failed(str(error), UNREACHABLE)
    if isinstance(error, BadRules):
        return Failed(str(error), CALL)
    if isinstance(error, NoBuild):
        return Failed("there are no tables yet. Run: vjt project", UNREACHABLE)
    if isinstance(error, OtherRules):
        return Failed("another version of the program, or other settings, made the tables. Run: vjt rebuild", CHECK)
    if isinstance(error, (errors.InvalidSchemaName, errors.UndefinedTable)):
        return Failed("the database is not prepared for this version. Run: vjt migrate", UNREACHABLE)
    if isinstance(error, errors.InsufficientPrivilege):
        return Failed(f"PostgreSQL refuses: {error.diag.message_primary}", UNREACHABLE)
    if isinstance(error, OperationalError) and (error.sqlstate or "").startswith(
        ("53", "54")
    ):  # the disk is full, a limit
        return Failed(f"PostgreSQL cannot go on: {error.diag.message_primary}", UNREACHABLE)
    if isinstance(error, OperationalError | InterfaceError):
        return Failed(f"PostgreSQL cannot be reached: {' '.join(str(error).split())}", UNREACHABLE)
    if type(error).__module__ == "aiokafka.errors":
        return Failed(f"Kafka cannot be reached, or refuses: {error}", UNREACHABLE)
    if type(error).__name__ == "BrokenProcessPool":
        return Failed("a child of this process was killed; is there memory enough?", CHECK)
    if type(error).__name__ == "ClockBehind":
        return Failed(str(error), CHECK)
    if isinstance(error, FileNotFoundError | IsADirectoryError | NotADirectoryError | PermissionError):
        return Failed(f"{error.filename}: {(error.strerror or '').lower()}", CALL)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return Failed("no space left on the device", CHECK)
    if isinstance(error, ValueError) and str(error).startswith("VJT_"):
        return Failed(str(error), CALL)
    return None
