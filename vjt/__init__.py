"""The command: one module a verb or pair, the settings, and the local stack (PostgreSQL, Kafka).

May import everything.
"""
