"""Settings that enter an index or a fold."""

import datetime as dt

import pytest

from domain.setting import Rules
from projections.digest import digest
from vjt.settings import Settings


def test_rules_are_those_of_the_documents_where_nobody_sets_them() -> None:
    assert Settings({}).rules() == Rules(20.0, 14.0, ())


def test_rules_are_read_from_the_environment() -> None:
    observed = "/police/city-of-london/data-police-uk=2016-12-31, /cps=2024-03-31"
    rules = Settings({"VJT_LINK_JOIN": "17.5", "VJT_LINK_FRACTURE": "-2", "VJT_OBSERVED_UNTIL": observed}).rules()
    assert (rules.link_join, rules.link_fracture) == (17.5, -2.0)
    assert rules.last_day("/cps") == dt.date(2024, 3, 31)
    assert rules.last_day("/cps/london-south") == dt.date(2024, 3, 31)
    assert rules.last_day("/cpsx") is None
    assert rules.last_day("/police/city-of-london") is None


def test_the_longest_path_says_until_when_a_source_was_observed() -> None:
    rules = Settings({"VJT_OBSERVED_UNTIL": "/police=2020-01-01,/police/met=2021-01-01"}).rules()
    assert rules.last_day("/police/met/wcu") == dt.date(2021, 1, 1)
    assert rules.last_day("/police/kent") == dt.date(2020, 1, 1)


def test_other_settings_make_another_digest_and_their_order_does_not() -> None:
    one, other = "/a=2020-01-01", "/b=2021-01-01"
    digests = [
        digest(Settings({"VJT_OBSERVED_UNTIL": f"{first},{second}"}).rules())
        for first, second in ((one, other), (other, one))
    ]
    assert digests[0] == digests[1] != digest(Rules())
    assert digest(Rules(link_join=21)) != digest(Rules())


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("LINK_JOIN", "many", "a number of bits from -100 to 100"),
        ("LINK_JOIN", "nan", "a number of bits from -100 to 100"),
        ("LINK_FRACTURE", "101", "a number of bits from -100 to 100"),
        ("LINK_FRACTURE", "21", "no more than VJT_LINK_JOIN"),
        ("OBSERVED_UNTIL", "/cps", "source=YYYY-MM-DD"),
        ("OBSERVED_UNTIL", "/cps=2024-02-30", "source=YYYY-MM-DD"),
        ("OBSERVED_UNTIL", "cps=2024-02-03", "source=YYYY-MM-DD"),
        ("OBSERVED_UNTIL", "/cps=20240203", "source=YYYY-MM-DD"),
        ("OBSERVED_UNTIL", "/cps=2024-02-03,/cps=2024-02-03", "each source once"),
    ],
)
def test_a_malformed_setting_is_told_with_what_was_expected(name: str, value: str, expected: str) -> None:
    with pytest.raises(ValueError, match=f"^VJT_{name}.*{expected}"):
        Settings({f"VJT_{name}": value}).rules()


def test_webhooks_are_each_url_and_each_secret_once() -> None:
    secret, other = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    given = {
        "VJT_WEBHOOKS": "https://hub.example/a, https://hub.example/b https://hub.example/a",
        "VJT_WEBHOOK_SECRETS": f"{secret} {other}",
    }
    endpoints, keys = Settings(given).webhooks()
    assert [endpoint.url for endpoint in endpoints] == ["https://hub.example/a", "https://hub.example/b"]
    assert len(keys) == 2
    assert Settings({}).webhooks() == ([], [])


@pytest.mark.parametrize(
    ("urls", "secrets", "expected"),
    [
        ("https://hub.example/s3cret", "", "^VJT_WEBHOOK_SECRETS must be set"),
        ("https://hub.example/", "s3cret", "^VJT_WEBHOOK_SECRETS: expected"),
        ("s3cret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "^VJT_WEBHOOKS: expected"),
    ],
)
def test_malformed_webhooks_are_told_without_being_repeated(urls: str, secrets: str, expected: str) -> None:
    settings = Settings({"VJT_WEBHOOKS": urls, "VJT_WEBHOOK_SECRETS": secrets})
    with pytest.raises(ValueError, match=expected) as refused:
        settings.webhooks()
    assert "s3cret" not in str(refused.value)
    assert "s3cret" not in str(settings.listing())
