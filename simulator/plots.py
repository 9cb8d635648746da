"""The plots of stories: each a way that journeys go, told in order. The shares of each are in `london`."""

from collections.abc import Callable
from datetime import timedelta

from simulator import calibration, london, withdrawal
from simulator.beginnings import investigate
from simulator.charging import code, deliberate, not_to_charge, refer, restate
from simulator.court import prosecute
from simulator.people import choose
from simulator.story import Story, said_as
from simulator.telling import NotYet


def tell(s: Story, kind: str) -> None:
    """The story, as far as the horizon."""
    try:
        plot = _plot(s, kind)
        investigate(s)
        plot(s)
        if s.perhaps(0.01) and all(j.exit for j in s.journeys):
            s.wait_until_settled()
            s.speak_after_the_end()
    except NotYet:
        pass
    if s.perhaps(0.012):
        s.cancel()


def _plot(s: Story, kind: str) -> Callable[[Story], None]:
    """How it will go. Of one victim it is settled here whether, when and how they withdraw before a charge."""
    withdraws = s.perhaps(withdrawal.likely(s.offence, s.circumstances, suspect=bool(s.suspects)))
    if kind == "two_numbers":
        return s.rng.choice((not_charged, charged))
    if len(s.victims) > 1:
        return PLOTS[choose(s.rng, london.SEVERAL_VICTIMS if withdraws else london.TOGETHER)]
    if not withdraws:
        return PLOTS[choose(s.rng, london.OTHERS if s.suspects else london.UNSOLVED)]
    days = max(withdrawal.day(s.rng, s.offence), 2 * len(s.suspects))
    s.until, s.how = s.day + timedelta(days), said_as(s.rng)
    if days < london.SPARE + 2:
        return leaves
    found = choose(s.rng, london.WITHDRAWN_BY_OUTCOME if s.how == "outcome_alone" else london.WITHDRAWN)
    return PLOTS[found] if s.suspects or found not in london.SUSPECTED else leaves


# Withdrawn before a charge, on a day that is settled


def leaves(s: Story) -> None:
    s.wait_until()
    s.withdraw(s.victims[0], s.how)


def leaves_in_charging(s: Story) -> None:
    refer(s)
    if s.perhaps(0.3):
        s.wait(4)
        s.plan()
    leaves(s)
    if s.perhaps(0.6):
        s.wait(6)
        s.decide(not_to_charge(s))


def leaves_and_is_not_charged(s: Story) -> None:
    """CPS decide after the withdrawal; that is the end."""
    s.wait(10)
    s.withdraw(s.victims[0], s.how)
    refer(s)
    s.wait_until()
    s.decide(not_to_charge(s))
    restate(s)


def leaves_again_after_referral(s: Story) -> None:
    s.wait(10)
    s.withdraw(s.victims[0], "without_evidence")
    refer(s)
    leaves(s)


def leaves_twice(s: Story) -> None:
    s.wait(10)
    s.withdraw(s.victims[0], _says(s))
    s.wait(20)
    s.re_engage(s.victims[0])
    leaves(s)


def leaves_once_reopened(s: Story) -> None:
    s.wait(30)
    s.close(code(s))
    s.wait(25)
    s.reopen()
    leaves(s)


def leaves_after_an_outcome_removed(s: Story) -> None:
    s.wait(10)
    s.withdraw(s.victims[0], "outcome_alone")
    s.wait(15)
    s.reopen(by_outcome=True)
    leaves(s)


def leaves_after_closure(s: Story) -> None:
    """Outcome 14 or 16 takes the place of another police outcome."""
    s.wait(30)
    s.close(code(s))
    leaves(s)


def _until_withdrawal(s: Story) -> None:
    """As long as such victims stay, who then goes on all the same, or is one of several."""
    days = withdrawal.day(s.rng, s.offence)
    s.wait_for(max(s.crimes[-1].reported + timedelta(days), s.day + timedelta(1)))


def _says(s: Story) -> str:
    """How the victim says so, if it is more than an outcome."""
    return "with_evidence" if s.perhaps(calibration.EVIDENCED) else "without_evidence"


# Otherwise


def closed_by_police(s: Story) -> None:
    s.wait(30)
    s.close(code(s))


def settled_out_of_court(s: Story) -> None:
    s.wait(35)
    s.close(choose(s.rng, london.DISPOSALS))


def taken_into_consideration(s: Story) -> None:
    s.wait(60)
    s.close(4)


def transferred(s: Story) -> None:
    s.wait(20)
    s.close(s.rng.choice((19, 20)))


def closed_after_triage(s: Story) -> None:
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
    s.wait(s.offence.referral)
    s.refer()
    s.wait(3)
    s.charge_by_police()
    prosecute(s)


def charge_removed(s: Story) -> None:
    """Charged by police, taken back, and then decided by CPS."""
    s.wait(s.offence.referral)
    s.refer()
    s.wait(3)
    s.charge_by_police()
    s.wait(6)
    s.remove_charge()
    s.wait(12)
    s.decide(not_to_charge(s))


def charged_after_withdrawal(s: Story) -> None:
    _until_withdrawal(s)
    s.withdraw(s.victims[0], _says(s))
    charged(s)


def re_engaged(s: Story) -> None:
    _until_withdrawal(s)
    s.withdraw(s.victims[0], _says(s))
    s.wait(12)
    s.re_engage(s.victims[0])
    s.rng.choice((closed_by_police, charged, stalls))(s)


def re_engaged_after_decision(s: Story) -> None:
    """The decision that followed the withdrawal is the exit, once the withdrawal is taken back."""
    refer(s)
    s.wait(12)
    s.withdraw(s.victims[0], _says(s), recorded=False)
    s.wait(5)
    s.decide("no_further_action_evidential")
    decided = s.day
    s.wait(10)
    s.re_engage(s.victims[0], decided)


def outcome_changed(s: Story) -> None:
    """Outcome 16 was all that said so, and is replaced."""
    _until_withdrawal(s)
    s.withdraw(s.victims[0], "outcome_alone")
    s.wait(20)
    s.close(15)


def settled_after_withdrawal(s: Story) -> None:
    _until_withdrawal(s)
    s.withdraw(s.victims[0], _says(s))
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
        _until_withdrawal(s)
        s.withdraw(victim)


def one_withdraws_then_closed(s: Story) -> None:
    _until_withdrawal(s)
    s.withdraw(s.victims[0], _says(s))
    s.wait(15)
    s.close(code(s))


def one_withdraws_then_charged(s: Story) -> None:
    if s.perhaps(0.5):
        _until_withdrawal(s)
        s.withdraw(s.victims[0], _says(s))
        charged(s)
    else:
        refer(s)
        s.wait(5)
        s.withdraw(s.victims[-1], _says(s))
        deliberate(s)
        s.charge()
        prosecute(s)


def one_withdraws_then_not_charged(s: Story) -> None:
    _until_withdrawal(s)
    s.withdraw(s.victims[-1], _says(s))
    not_charged(s)


def outcome_names_nobody(s: Story) -> None:
    _until_withdrawal(s)
    s.withdraw(s.victims[0], _says(s), recorded=False)
    s.wait(5)
    s.withdraws_without_name()


def outcome_is_all_there_is(s: Story) -> None:
    _until_withdrawal(s)
    s.withdraws_without_name()


PLOTS: dict[str, Callable[[Story], None]] = {
    name: globals()[name]
    for table in (
        london.WITHDRAWN,
        london.WITHDRAWN_BY_OUTCOME,
        london.OTHERS,
        london.UNSOLVED,
        london.SEVERAL_VICTIMS,
        london.TOGETHER,
    )
    for name in table
}
