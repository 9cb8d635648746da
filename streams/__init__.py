"""Kafka, in and out: reading messages into the log, publishing events, relaying what the outbox holds.

May import `schemas`, `domain`, `store`, `projections`.
"""
