"""The local stack: PostgreSQL and Apache Kafka on this machine, started by `vjt up` when the settings name no server.

Binaries come with the packages (PostgreSQL, Java) or from Maven (Kafka). Each server is a child of a supervisor and ends with it.
"""
