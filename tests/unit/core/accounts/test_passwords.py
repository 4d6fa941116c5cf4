from __future__ import annotations

import pytest

from ivr.core.accounts.passwords import PasswordProblem, normal, password_problem

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "password",
    [
        "blue kettle on Tuesday",
        "correct horse battery staple",
        "kx7-wq2m-9fhd-ptzr",
        "三毛猫は窓辺で静かに眠っている",
        "tr0mb0ne & marzipan",
        "violet umbrellas 1987",
        "x" * 4 + "marzipan trombone",
    ],
)
def test_passphrases_and_random_characters_are_taken(password: str) -> None:
    assert password_problem(password, "ana", "Ana Ruiz") is None


@pytest.mark.parametrize("password", ["", "short", "elevenchars"])
def test_short_ones_are_refused(password: str) -> None:
    assert password_problem(password, "ana", "Ana Ruiz") is PasswordProblem.SHORT


def test_endless_ones_are_refused() -> None:
    assert password_problem("blue kettle " * 22, "ana", "Ana Ruiz") is PasswordProblem.LONG
    assert password_problem("blue kettle " * 21, "ana", "Ana Ruiz") is None


@pytest.mark.parametrize("password", ["anaruiz12345", "Ruiz-Ana-2026!", "ana.ana.ana.ana", "RUIZ RUIZ RUIZ"])
def test_ones_made_of_the_own_name_are_refused(password: str) -> None:
    assert password_problem(password, "ana", "Ana Ruiz") is PasswordProblem.NAME


def test_a_name_of_one_letter_stands_in_nobodys_way() -> None:
    assert password_problem("blue kettle on Tuesday", "b", "E O") is None


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "Password2026!",
        "P@ssw0rd1234",
        "passwordpassword",
        "123456789012",
        "1234567890qwertyuiop",
        "qwertyuiop[]",
        "asdfghjklqwertyuiop",
        "abcdefghijkl",
        "zyxwvutsrqpo",
        "aaaaaaaaaaaa",
        "abababababab",
        "letmeinplease",
        "welcome12345",
        "administrator1",
        "changeme1234",
        "iloveyou1234",
        "trustno1trustno1",
        "denwaban2026",
        "callcenter123",
        "summer2026!!",
        "correcthorsebatterystaple",
        "qazwsxedcrfv1"[:7] + "qazwsx",
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert password_problem(password, "kim", "Kim Novak") is PasswordProblem.COMMON


def test_the_same_characters_from_another_keyboard_are_the_same() -> None:
    assert normal("ｂｌｕｅ ｋｅｔｔｌｅ") == "blue kettle"
    assert normal("cafe\u0301") == normal("café")
