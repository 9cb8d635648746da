"""From the log to tables: the index, a step, a build, the check that both agree, journey rows, and the figures, one SQL file each.

Reads and writes PostgreSQL. May import `schemas`, `domain`, `store`.
"""
