from sfn_digest.aws.usage import ApiUsage, UsageTally
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.sanitize import listed
from sfn_digest.model.executions import StateMachine


def machine(name: str) -> StateMachine:
    return StateMachine(f"arn:{name}", name, "STANDARD")


def test_an_account_that_was_not_asked_is_complete_and_empty() -> None:
    assert UsageTally().usage() == ApiUsage({}, 0, 0, 0, {}, {}, (), (), complete=True)


def test_a_few_names_are_listed_and_many_are_counted() -> None:
    names = [f"m{number}" for number in range(12)]
    assert listed(names[:3]) == "m0, m1, m2"
    assert listed(names) == "m0, m1, m2, m3, m4, m5, m6, m7, m8, m9 and 2 more"


def test_notes_hold_no_character_that_cannot_be_seen() -> None:
    tally = UsageTally()
    tally.skip(machine("or\u202eders\u200b"), "AWS denied it.")
    tally.unread("qui\x07et", "gone.")
    tally.vanished("fa\u2066st", 2)
    text = " ".join(tally.usage().notes)
    assert text.isascii()
    assert text.isprintable()


def test_the_same_note_is_told_once() -> None:
    tally = UsageTally()
    tally.note(Message("It rains."), left_out=False)
    tally.note(Message("It rains."), left_out=False)
    assert tally.usage().notes == (Message("It rains."),)


def test_notes_come_in_the_same_order_whatever_the_threads_did() -> None:
    first, second = UsageTally(), UsageTally()
    for tally, names in ((first, "abc"), (second, "cba")):
        for name in names:
            tally.skip(machine(name), "AWS denied it.")
            tally.unread(name, "gone.")
    assert first.usage() == second.usage()


def test_an_execution_that_was_found_and_not_read_makes_the_report_incomplete() -> None:
    tally = UsageTally()
    tally.found("arn:a", "FAILED", 2)
    tally.read()
    assert not tally.usage().complete
    tally.read()
    assert tally.usage().complete


def test_what_is_missing_is_told_apart_from_what_is_only_worth_knowing() -> None:
    tally = UsageTally()
    tally.note(Message("It rains."), left_out=False)
    tally.note(Message("A machine was left out."), left_out=True)
    usage = tally.usage()
    assert usage.left_out == (Message("A machine was left out."),)
    assert usage.notes == (Message("A machine was left out."), Message("It rains."))
