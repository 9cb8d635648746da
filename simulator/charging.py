"""What plots have in common: how a file goes to CPS, and how it is closed without a charge."""

from simulator import london
from simulator.people import choose
from simulator.story import Story


def refer(s: Story) -> None:
    """Police send the file to CPS, who take it, sometimes only at the second time of asking."""
    s.suspect()
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
    """CPS ask for more, once or twice, and police answer."""
    while s.perhaps(0.3):
        s.wait(s.offence.decision / 2)
        s.plan()
        s.wait(s.offence.decision / 2)
        s.answer()
    s.wait(s.offence.decision)


def not_to_charge(s: Story) -> str:
    return s.rng.choice(("no_further_action_evidential",) * 3 + ("no_further_action_public_interest", "other"))


def restate(s: Story) -> None:
    """Police put CPS's decision into their own book."""
    if s.perhaps(0.8):
        s.wait(3)
        s.outcome(choose(s.rng, london.RESTATED))


def code(s: Story) -> int:
    """Why police close it: with a suspect known never 18."""
    while (found := choose(s.rng, london.POLICE_CLOSES)) == 18 and s.known:
        pass
    if found != 18:
        s.suspect()
    return found
