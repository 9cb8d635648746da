"""Who has the file, and the clocks of a case (contract 3, Holder)."""

import datetime as dt

from tests.model.story import ANSWER, DECISION, PLAN, RECEIPT, Story


def case_holder(story: Story, k: int, case: str) -> str | None:
    """Who holds a case that was submitted and is not charged; None: nobody, from a decision or result until it is set aside."""
    if story.returned(k, case):
        return "police"
    if not story.waits(k, case):
        return None
    if unanswered(story, k, case):
        return "police"
    submitted = max(story.referrals(k, case), default=-1)
    if not list(story._where(len(story.facts), RECEIPT, case=case)):
        return "cps"  # from submission if the URN has no receipt at all
    return "cps" if any(r > submitted for r in story.receipts(k, case)) else "police"


def unanswered(story: Story, k: int, case: str) -> set[str]:
    """Plans not answered; an answer without an id answers all, so does a decision; plans on early advice do not count."""
    open_plans: set[str] = set()
    for i in story._where(k, PLAN, ANSWER, DECISION, case=case):
        plan = story.facts[i].data.get("action_plan_id")
        if story.facts[i].type == DECISION:
            open_plans = set()
        elif story.facts[i].type == PLAN:
            if not story._of_early_advice(i, case):
                open_plans.add(plan)
        elif plan is None:
            open_plans = set()
        else:
            open_plans.discard(plan)
    return open_plans


def closed(story: Story, case: str) -> int | None:
    """The place of the fact that closes the clocks."""
    n = len(story.facts)
    begun = story.referrals(n, case) or story.receipts(n, case)
    return next((i for i in range(min(begun, default=n), n) if _closes(story, i, case)), None)


def clocks(story: Story, case: str) -> dict[str, int] | None:
    """Days that CPS and police have held the file, by the case's own dates, but for the spell that runs; None: never submitted."""
    end = closed(story, case)
    n = len(story.facts)
    days = {"cps": 0, "police": 0}
    holder: str | None = None
    since: dt.date | None = None
    started = False
    for i in range(n):
        day = story.facts[i].fact.day
        # From the first full-code or threshold submission, else the receipt.
        begun = story.referrals(i + 1, case) if story.referrals(n, case) else story.receipts(i + 1, case)
        now = case_holder(story, i + 1, case) if begun else None
        started = started or bool(begun)
        if i == end or now != holder:
            if holder is not None and since is not None:
                days[holder] += (day - since).days
            holder, since = now, day
        if i == end:
            return days
    return days if started else None


def _closes(story: Story, i: int, case: str) -> bool:
    """At the first decision that is not `administratively_finalised`, at outcome 1, or when a police outcome ends the journey."""
    fact = story.facts[i]
    if (
        fact.type == DECISION
        and case in fact.cases
        and fact.here
        and fact.data["decision"] != "administratively_finalised"
    ):
        return True
    if story.outcome_1(i + 1) is not None:
        return True
    last = story.police_outcome(i + 1)
    if last is None or story.charged(i + 1) or any(story.waits(i + 1, c) for c in story.cases):
        return False
    # 14 and 16 stand until the victim is heard to have re-engaged.
    return story.code(last) not in (14, 16) or not any(
        f.type == "police.victim-re-engaged" for f in story.facts[last + 1 : i + 1]
    )


def holder(story: Story, k: int) -> str:
    """police in `investigation`; in `charging` who holds a case that waits, the lead first; court from the decision to charge."""
    if story.ended(k):
        return "none"
    if story.charged(k):
        return "court"
    waiting = [case for case in story.cases if story.waits(k, case)]
    lead = story.lead(k)
    for case in sorted(waiting, key=lambda c: c != lead):
        return case_holder(story, k, case) or "police"
    return "police"


def holder_since(story: Story) -> dt.date:
    """The day since which the one who holds the file has held it."""
    n = len(story.facts)
    now = holder(story, n)
    k = n
    while k > 1 and holder(story, k - 1) == now:
        k -= 1
    return max(story.facts[k - 1].day, min(f.day for f in story.facts if f.type == "police.crime-reported"))
