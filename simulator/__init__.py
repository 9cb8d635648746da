"""A synthetic London: journeys across all agencies, with answers from the generator's own bookkeeping.

May import `schemas` only; were it to use `domain`, its answers would prove nothing.
"""
