"""Log lines of the workers: structured, to standard error, without personal data."""

import logging
import sys

import structlog


class _Passed(logging.Handler):
    """What a library logs, as one of our lines. Of an error its kind alone: a message may repeat a value."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        structlog.get_logger(record.name).log(record.levelno, str(record.msg), logger=record.name, error=error)


def configure(format: str | None) -> None:
    """`json` or `text`; None: text on a terminal, JSON elsewhere."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a worker says itself what went away and what is back
    for name in ("faust", "mode"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.WARNING)
        logger.propagate = False
        logger.handlers = [_Passed()]
    readable = format == "text" or (format is None and sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
