"""What the events mean: effective facts, links and identity, the fold of a journey with its cases, stages, withdrawals and exits.

Pure Python. May import `schemas`.
"""
