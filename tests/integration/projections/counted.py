"""Columns of figures that count, as tests compare them."""

AUDIT = (
    "withdrawals", "evidenced", "unevidenced", "reason_recorded", "checklist_completed", "audited", "audited_correct",
)  # fmt: skip
POST_CHARGE = (
    "finalised", "convicted", "acquitted", "dropped", "administratively_finalised", "not_convicted", "victim_retraction",
    "victim_non_attendance", "victim_evidence", "not_convicted_victim", "dropped_victim",
)  # fmt: skip
VICTIMS = ("victims_withdrew", "victims_withdrew_case_continued")
TRIAL = ("trials", "effective", "cracked", "ineffective", "vacated", "vacated_not_needed", "victims_affected")
