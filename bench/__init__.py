"""How fast it is, and what it costs, beside what COPY of the same rows does. `python -m bench` measures; docs/performance.md tells.

Servers of its own, with fsync. May import everything.
"""
