"""The contract a second time: journeys and figures from whole histories, slow and obvious, to be compared with the system.

Written from the text of the contract alone. It imports `schemas` and nothing else of ours, keeps no state between facts and
asks each question of a prefix of the facts from scratch: what stood when these were all?
"""
