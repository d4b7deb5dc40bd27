"""Lengths of time and names, as hints say them."""

from hypothesis import given
from hypothesis import strategies as st

from sfn_digest.retry.hints.machine import about, at_most, shown, span

_UNITS = {"s": 1, "min": 60, "h": 3600}


def _seconds(words: str) -> float:
    number, unit = words.split()
    return float(number) * _UNITS[unit]


def test_measured_times_have_two_digits_and_settings_all_of_theirs() -> None:
    """409 s is about 6.8 min, but a timeout of 95.5 min stays one."""
    assert [str(about(each)) for each in (0, 7.26, 108, 118, 409, 1788, 32838)] == [
        "0 s", "7.3 s", "110 s", "2 min", "6.8 min", "30 min", "9.1 h",
    ]  # fmt: skip
    assert [str(at_most(each)) for each in (5.0, 840, 3602, 3612, 8100, 9001)] == [
        "5 s", "14 min", "60 min", "61 min", "2.3 h", "2.5 h",
    ]  # fmt: skip
    assert str(span(5730)) == "95.5 min"


@given(st.floats(0.01, 3_000_000))
def test_what_is_said_as_the_most_is_not_less_but_for_half_a_percent(seconds: float) -> None:
    """It is at most a tenth more, too."""
    most = _seconds(str(at_most(seconds)))
    assert seconds * (1 - 0.0051) <= most <= seconds * 1.1 + 1e-6
    assert abs(_seconds(str(about(seconds))) - seconds) <= 0.05 * seconds + 1e-6


def test_a_long_error_name_is_told_whole_since_it_is_what_to_write() -> None:
    name = "com.example.platform.payments.exceptions.UpstreamServiceTemporarilyUnavailableException"
    assert len(name) > 80
    assert shown(name) == name
    assert len(shown("x" * 999)) <= 256
