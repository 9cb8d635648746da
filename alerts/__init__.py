"""What somebody must do something about while it still helps: conditions of journeys and courts, the alerts that they raise, their
life, and the ways out.

An alert is a function of rows and the clock. Its state is in PostgreSQL, in schema `alerts`. May import `schemas`, `domain`,
`store`, `projections`.
"""
