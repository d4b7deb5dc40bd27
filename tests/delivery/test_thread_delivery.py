"""Files hang on the thread once at most, and never cost anybody the digest."""

import csv
import json
from dataclasses import replace
from io import StringIO
from unittest.mock import patch

import pytest

from sfn_digest.delivery import thread_delivery
from sfn_digest.delivery.stored_digest import decode, encode
from tests.delivery import weeks
from tests.delivery.faults import Fault, scripted
from tests.delivery.weeks import PARTS, REPORT, Week, digest, faults_in_channel


def test_csv_json_and_chart_are_attached_to_the_thread() -> None:
    week = Week()
    assert week.run().codes == []
    (root,) = week.slack.roots()
    ((thread, attached),) = week.slack.attached
    assert thread == root.ts
    names = [file.name for file in attached]
    assert names == [f"sfn-digest-2026-11-09-2026-11-16.{kind}" for kind in ("png", "csv", "json")]
    chart, table, whole = attached
    assert chart.alt == root.text
    rows = list(csv.DictReader(StringIO(table.content.decode("utf-8-sig"), newline="")))
    assert [row["attempts_by_cause"] for row in rows] == ["network 2"]
    assert json.loads(whole.content) == REPORT


def test_a_second_run_attaches_nothing() -> None:
    week = Week()
    week.run()
    assert week.run(edition="newer").codes == []
    assert len(week.slack.attached) == 1


def test_a_digest_posted_again_has_its_files_again() -> None:
    week = Week()
    week.run()
    week.slack.remove(week.slack.roots()[0].ts)
    week.run(edition="newer")
    assert [thread for thread, _ in week.slack.attached][1] == week.slack.roots()[0].ts


def test_without_the_scope_the_digest_goes_out_and_a_note_names_the_scope() -> None:
    week = Week()
    run = week.run(scripted(attach=[Fault("refused", "missing_scope")]))
    assert run.outcome is not None
    assert run.codes == ["FilesLeftOut"]
    assert "files:write" in run.notes[0].sentence
    assert faults_in_channel(week) == []
    week.run(edition="newer")
    assert len(week.slack.attached) == 1


def test_a_lost_answer_is_told_and_the_files_are_not_sent_again() -> None:
    week = Week()
    run = week.run(scripted(attach=[Fault("answer lost", "no_answer")]))
    assert run.outcome is not None
    assert run.codes == ["FilesInDoubt"]
    assert week.run(edition="newer").codes == []
    assert len(week.slack.attached) == 1


@pytest.mark.parametrize(("kind", "attached"), [("killed before", 0), ("killed after", 1)])
def test_a_run_killed_while_attaching_leaves_a_doubt_that_is_told_once(
    kind: str, attached: int
) -> None:
    week = Week()
    week.run(scripted(attach=[Fault("killed before" if attached == 0 else "killed after")]))
    week.later(60.0)
    assert week.run().codes == ["FilesInDoubt"]
    assert week.run(edition="newer").codes == []
    assert len(week.slack.attached) == attached, kind


def test_a_rate_limit_is_waited_for() -> None:
    week = Week()
    limited = Fault("refused", "ratelimited", retry_after=5.0)
    assert week.run(scripted(attach=[limited])).codes == []
    assert len(week.slack.attached) == 1


def test_a_webhook_is_not_asked_to_take_files() -> None:
    week = Week(webhook=True, parts=PARTS[:1])
    assert week.run().codes == []
    assert week.slack.attached == []


def test_a_quiet_week_has_no_files() -> None:
    week = Week()
    quiet = replace(digest("quiet"), report={**REPORT, "failures": []})
    with patch.object(weeks, "digest", lambda *_, **__: quiet):
        assert week.run().codes == []
    assert week.slack.attached == []


def test_a_file_that_is_too_large_is_left_out_with_a_note() -> None:
    week = Week()
    with patch.object(thread_delivery, "MOST_BYTES", 300):
        run = week.run()
    assert run.codes == ["FilesLeftOut"]
    assert "is more than" in run.notes[0].sentence
    ((_, attached),) = week.slack.attached
    assert all(len(file.content) <= 300 for file in attached)


def test_the_chart_is_kept_with_the_digest() -> None:
    kept = digest("as read")
    assert decode(encode(kept)).picture == kept.picture
    assert decode(encode(kept.without_failures())).picture == kept.picture
