"""The log: what agencies said, once each, and everything that makes it so.

The application and its recorder, intake, offsets, what was rejected, what goes out, and the migrations of the database.
Imports `schemas` and `domain`; touches PostgreSQL and nothing else.
"""
