"""What plots have in common: how a file goes to CPS, and how it is closed without a charge."""

from datetime import timedelta

from simulator import london
from simulator.people import choose
from simulator.story import Story


def refer(s: Story) -> None:
    """Police send the file to CPS, who take it, sometimes only at the second time of asking."""
    s.wait(s.offence.referral)
    if s.perhaps(0.06):
        s.refer("early_advice")
        s.wait(5)
        s.receive()
        s.wait(10)
    s.refer(s.rng.choice(("full_code", "full_code", "threshold", None)))
    if s.perhaps(0.07):
        return  # the receipt is not on record
    s.wait(2)
    if s.perhaps(0.12):
        s.receive(accepted=False)
        s.wait(15)
        s.refer()
        s.wait(2)
    s.receive()


def deliberate(s: Story) -> None:
    """CPS decide some time after the case first reached them; on the way they ask for more, once or twice, and police answer."""
    whole = int(s.rng.gammavariate(london.SHAPE, s.offence.charging / london.SHAPE))
    end = max((s.received or s.day) + timedelta(whole), s.day + timedelta(1))
    while (left := (end - s.day).days) > 14 and s.perhaps(0.4):
        s.wait_for(s.day + timedelta(s.rng.randint(3, left // 2)))
        s.plan()
        s.wait_for(s.day + timedelta(s.rng.randint(1, left // 3)))
        s.answer()
    s.wait_for(end)


def not_to_charge(s: Story) -> str:
    return s.rng.choice(("no_further_action_evidential",) * 3 + ("no_further_action_public_interest", "other"))


def restate(s: Story) -> None:
    """Police put CPS's decision into their own book."""
    if s.perhaps(0.8):
        s.wait(3)
        s.outcome(choose(s.rng, london.RESTATED))


def code(s: Story) -> int:
    """Why police close it: with a suspect known never 18."""
    return choose(s.rng, london.POLICE_CLOSES if s.known else london.UNSOLVED_CLOSES)
