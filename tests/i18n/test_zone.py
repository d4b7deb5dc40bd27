"""Times are told in one zone, by its clock, wherever a person reads them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from sfn_digest.config.request import Defaults, from_event
from sfn_digest.i18n.message import Message
from sfn_digest.i18n.translator import LANGUAGES, Language, translator
from sfn_digest.pipeline.texts import texts_in
from sfn_digest.report.html.page import page
from sfn_digest.report.json_face import to_dict
from sfn_digest.report.slack import messages
from sfn_digest.report.terminal.whole_report import render
from tests.report import made_past

TOKYO = ZoneInfo("Asia/Tokyo")
NIGHT = datetime(2026, 11, 15, 16, 30, tzinfo=UTC)


def test_a_time_is_told_by_the_zones_clock_and_day() -> None:
    told = translator("en", TOKYO)
    assert told.translate(Message("{time} {zone}", time=NIGHT)) == "2026-11-16 01:30 Asia/Tokyo"
    assert told.translate(Message("{time:day}", time=NIGHT)) == "2026-11-16"
    assert told.translate(Message("{time:clock}", time=NIGHT)) == "01:30:00"
    assert translator("ja", TOKYO).translate(Message("{time:day}", time=NIGHT)) == "2026年11月16日"


def test_a_week_in_which_the_clocks_change_begins_and_ends_at_the_same_time_of_day() -> None:
    told = translator("en", ZoneInfo("Europe/Berlin"))
    start, end = datetime(2026, 10, 19, 7, tzinfo=UTC), datetime(2026, 10, 26, 8, tzinfo=UTC)
    assert [told.formats.minute(each)[-5:] for each in (start, end)] == ["09:00", "09:00"]


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_face_tells_the_zone_and_json_stays_in_utc(language: Language) -> None:
    report = made_past.compared_week()
    texts = texts_in(language, None, TOKYO)
    faces = [page(report, texts), render(report, texts, 100)]
    faces += ["\n".join(each.text for each in messages(report, texts))]
    for face in faces:
        assert "Asia/Tokyo" in face
        assert "UTC" not in face
    plain = to_dict(report)
    assert plain["window"]["start"] == "2026-11-09T00:00:00.000Z"
    assert "first seen" not in str(plain["coverage"])


def test_a_scheduled_digest_tells_times_in_the_zone_of_its_schedule() -> None:
    request = from_event({}, now=NIGHT, defaults=Defaults(time_zone="Asia/Tokyo"))
    assert request.zone == TOKYO
