"""Log lines of the workers: structured, to standard error, without personal data."""

import logging
import sys

import structlog


def configure(format: str | None) -> None:
    """`json` or `text`; None: text on a terminal, JSON elsewhere."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a worker says itself what went away and what is back
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
