"""The plots of stories: each a way that journeys go, told in order. The shares of each are in `london`."""

from collections.abc import Callable

from simulator import london
from simulator.beginnings import investigate
from simulator.charging import code, deliberate, not_to_charge, refer, restate
from simulator.court import prosecute
from simulator.people import choose
from simulator.story import Story
from simulator.telling import NotYet

EVENTS = ("with_evidence", "without_evidence")
"""Withdrawals that are more than an outcome."""


def tell(s: Story, kind: str) -> None:
    """The story, as far as the horizon."""
    try:
        investigate(s)
        _plot(s, kind)(s)
        if s.perhaps(0.01) and all(j.exit for j in s.journeys):
            s.wait_until_settled()
            s.speak_after_the_end()
    except NotYet:
        pass
    if s.perhaps(0.012):
        s.cancel()


def _plot(s: Story, kind: str) -> Callable[[Story], None]:
    withdrawn = s.perhaps(s.offence.withdraws)
    if kind == "two_numbers" or (kind in ("wrongly_linked", "two_suspects") and s.perhaps(0.4)):
        return s.rng.choice((not_charged, charged))
    if len(s.victims) > 1:
        return PLOTS[choose(s.rng, london.SEVERAL_VICTIMS if withdrawn else london.TOGETHER)]
    return PLOTS[choose(s.rng, london.WITHDRAWN if withdrawn else london.OTHERS)]


# Withdrawn before a charge


def withdraws(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0])


def withdraws_in_charging(s: Story) -> None:
    refer(s)
    if s.perhaps(0.3):
        s.wait(4)
        s.plan()
    s.wait(s.offence.decision)
    s.withdraw(s.victims[0])
    if s.perhaps(0.6):
        s.wait(6)
        s.decide(not_to_charge(s))


def withdrawn_referred_not_charged(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS))
    not_charged(s)


def withdraws_again_after_referral(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS))
    refer(s)
    s.wait(8)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS))


def withdraws_twice(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS))
    s.wait(20)
    s.re_engage(s.victims[0])
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS))


def withdraws_once_reopened(s: Story) -> None:
    s.wait(30)
    s.close(code(s))
    s.wait(25)
    s.reopen()
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0])


def withdraws_after_an_outcome_removed(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], "outcome_alone")
    s.wait(15)
    s.reopen(by_outcome=True)
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS))


def withdraws_after_closure(s: Story) -> None:
    """Outcome 14 or 16 takes the place of another police outcome."""
    s.wait(30)
    s.close(code(s))
    s.wait(15)
    s.withdraw(s.victims[0], "outcome_alone")


# Otherwise


def closed_by_police(s: Story) -> None:
    s.wait(30)
    s.close(code(s))


def settled_out_of_court(s: Story) -> None:
    s.suspect()
    s.wait(35)
    s.close(choose(s.rng, london.DISPOSALS))


def taken_into_consideration(s: Story) -> None:
    s.suspect()
    s.wait(60)
    s.close(4)


def transferred(s: Story) -> None:
    s.wait(20)
    s.close(s.rng.choice((19, 20)))


def closed_after_triage(s: Story) -> None:
    s.suspect()
    s.wait(s.offence.referral)
    s.refer()
    s.wait(2)
    s.receive(accepted=False)
    s.wait(30)
    s.close(s.rng.choice((15, 21)))


def not_charged(s: Story) -> None:
    refer(s)
    deliberate(s)
    s.decide(not_to_charge(s))
    restate(s)


def settled_by_cps(s: Story) -> None:
    refer(s)
    deliberate(s)
    s.decide("out_of_court_disposal")


def closed_by_cps_for_now(s: Story) -> None:
    """Administratively finalised, and sent again, or not."""
    refer(s)
    s.wait(60)
    s.decide("administratively_finalised")
    if s.perhaps(0.6):
        s.wait(40)
        s.refer()
        s.wait(3)
        s.receive()
        deliberate(s)
        s.decide(not_to_charge(s))


def charged(s: Story) -> None:
    refer(s)
    deliberate(s)
    s.charge()
    prosecute(s)


def charged_by_police(s: Story) -> None:
    s.suspect()
    s.wait(s.offence.referral)
    s.refer()
    s.wait(3)
    s.charge_by_police()
    prosecute(s)


def charge_removed(s: Story) -> None:
    """Charged by police, taken back, and then decided by CPS."""
    s.suspect()
    s.wait(s.offence.referral)
    s.refer()
    s.wait(3)
    s.charge_by_police()
    s.wait(6)
    s.remove_charge()
    s.wait(s.offence.decision)
    s.decide(not_to_charge(s))


def charged_after_withdrawal(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS))
    charged(s)


def re_engaged(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS))
    s.wait(12)
    s.re_engage(s.victims[0])
    s.rng.choice((closed_by_police, charged, stalls))(s)


def re_engaged_after_decision(s: Story) -> None:
    """The decision that followed the withdrawal is the exit, once the withdrawal is taken back."""
    refer(s)
    s.wait(s.offence.decision)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS), recorded=False)
    s.wait(5)
    s.decide("no_further_action_evidential")
    decided = s.day
    s.wait(10)
    s.re_engage(s.victims[0], decided)


def outcome_changed(s: Story) -> None:
    """Outcome 16 was all that said so, and is replaced."""
    s.suspect()
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], "outcome_alone")
    s.wait(20)
    s.close(15)


def settled_after_withdrawal(s: Story) -> None:
    s.suspect()
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS))
    s.wait(10)
    s.close(choose(s.rng, london.DISPOSALS))


def reopened(s: Story) -> None:
    s.wait(30)
    s.close(code(s))
    s.wait(30)
    s.reopen()
    s.rng.choice((closed_by_police, not_charged, charged, stalls))(s)


def reviewed(s: Story) -> None:
    """CPS look again at a decision not to charge."""
    refer(s)
    deliberate(s)
    s.decide(not_to_charge(s))
    s.wait(20)
    s.reopen_case("victims_right_to_review")
    s.wait(25)
    if s.perhaps(0.5):
        s.charge()
        prosecute(s)
    else:
        s.decide("no_further_action_evidential")


def stalls(s: Story) -> None:
    """Nothing more is heard of it."""
    s.wait(20)


def stalls_in_charging(s: Story) -> None:
    refer(s)
    if s.perhaps(0.5):
        s.wait(10)
        s.plan()


# Several victims


def everybody_withdraws(s: Story) -> None:
    for victim in s.victims:
        s.wait(s.offence.withdrawal)
        s.withdraw(victim)


def one_withdraws_then_closed(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS))
    s.wait(15)
    s.close(code(s))


def one_withdraws_then_charged(s: Story) -> None:
    if s.perhaps(0.5):
        s.wait(s.offence.withdrawal)
        s.withdraw(s.victims[0], s.rng.choice(EVENTS))
        charged(s)
    else:
        refer(s)
        s.wait(5)
        s.withdraw(s.victims[-1], s.rng.choice(EVENTS))
        deliberate(s)
        s.charge()
        prosecute(s)


def one_withdraws_then_not_charged(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[-1], s.rng.choice(EVENTS))
    not_charged(s)


def outcome_names_nobody(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraw(s.victims[0], s.rng.choice(EVENTS), recorded=False)
    s.wait(5)
    s.withdraws_without_name()


def outcome_is_all_there_is(s: Story) -> None:
    s.wait(s.offence.withdrawal)
    s.withdraws_without_name()


PLOTS: dict[str, Callable[[Story], None]] = {
    name: globals()[name] for table in (london.WITHDRAWN, london.OTHERS, london.SEVERAL_VICTIMS) for name in table
}
