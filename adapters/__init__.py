"""Other systems' files as our events, one module a format.

May import `schemas`, `domain`, `store`, `projections`.
"""
