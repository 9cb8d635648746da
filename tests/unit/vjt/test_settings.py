"""Settings: the environment wins, and every value says where it came from."""

from pathlib import Path

import pytest

from vjt.settings import NotUp, Settings


def _listed(environment: dict[str, str]) -> dict[str | None, dict[str, str | None]]:
    return {row["setting"]: row for row in Settings(environment).listing()}


def test_a_named_server_is_used_as_it_is(tmp_path: Path) -> None:
    settings = Settings(
        {"VJT_HOME": str(tmp_path), "VJT_DATABASE_URL": "postgresql://there/db", "VJT_KAFKA": "there:9092"}
    )

    assert (settings.database_url(), settings.kafka()) == ("postgresql://there/db", "there:9092")


def test_without_a_name_and_without_a_stack_it_says_how_to_start_one(tmp_path: Path) -> None:
    settings = Settings({"VJT_HOME": str(tmp_path), "VJT_KAFKA": ""})  # an empty one is not set

    with pytest.raises(NotUp, match=r"VJT_DATABASE_URL is not set.*vjt up"):
        settings.database_url()
    with pytest.raises(NotUp, match=r"VJT_KAFKA is not set.*vjt up"):
        settings.kafka()


def test_every_setting_says_where_its_value_came_from(tmp_path: Path) -> None:
    listed = _listed({"VJT_HOME": str(tmp_path), "VJT_KAFKA": "there:9092"})

    assert listed["VJT_KAFKA"]["value"] == "there:9092"
    assert {name: row["origin"] for name, row in listed.items()}.items() >= {
        "VJT_HOME": "environment",
        "VJT_KAFKA": "environment",
        "VJT_DATABASE_URL": "not up",
        "VJT_KEEP_REJECTED": "default",
    }.items()


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("postgresql://vjt:s3cret@there:5432/db", "postgresql://vjt@there:5432/db"),
        ("postgresql://there/db?user=vjt&password=s3cret&sslmode=require", "password=…&sslmode=require"),
        ("host=there password=s3cret dbname=db", "host=there password=… dbname=db"),
        ("host=there password = 's3c ret' dbname=db", "host=there password=… dbname=db"),
        ("postgresql://there/db", "postgresql://there/db"),
    ],
)
def test_a_password_is_not_listed(tmp_path: Path, given: str, shown: str) -> None:
    value = _listed({"VJT_HOME": str(tmp_path), "VJT_DATABASE_URL": given})["VJT_DATABASE_URL"]["value"]

    assert value is not None
    assert value.endswith(shown)
    assert "s3c" not in value


@pytest.mark.parametrize("given", ["0", "-1", "1.5", "a week", "9999"])
def test_days_that_are_no_days_are_refused(given: str) -> None:
    with pytest.raises(ValueError, match="VJT_KEEP_REJECTED must be a number of days"):
        Settings({"VJT_KEEP_REJECTED": given}).keep_rejected()
