"""The report as one HTML page that needs nothing from outside: no font, picture or file.

Jinja2 escapes all text; the page's policy lets a browser run and load nothing but the style
sheet and the script that are in it. Without the script all is shown, and nothing can be filtered.
"""

import base64
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache, partial
from importlib.resources import files
from operator import attrgetter

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from sfn_digest.i18n.message import Message
from sfn_digest.model.report import Report
from sfn_digest.report import compared, console, leading
from sfn_digest.report import face_lines as page_lines
from sfn_digest.report import presenter as view
from sfn_digest.report.adopted_lines import adopted_lines
from sfn_digest.report.html import charts
from sfn_digest.report.map_run_lines import map_run_lines
from sfn_digest.report.redrive_lines import redrive_lines
from sfn_digest.report.shown import Shown
from sfn_digest.report.subsets import by_environment, headed, itself
from sfn_digest.report.unnoticed_lines import unnoticed_lines
from sfn_digest.report.wording import comparisons, findings, map_run_sentences, quantities

_EXECUTIONS = 200
_MACHINES = 400
_NOTES = 50
_CHANGES = 100
_MAP_RUNS = 50
_CARRIED_OVER = 50
_FILTERED = Message(
    "Shown: {machines} of {all_machines} state machines, {executions} of {all_executions} listed "
    "executions. Totals and the chart over time count only these, by cause only listed executions. "
    "The headline counts everything; the trend is hidden.",
    machines="{machines}",
    all_machines="{all_machines}",
    executions="{executions}",
    all_executions="{all_executions}",
)
"""The page's script fills in the numbers."""


def page(report: Report, texts: Shown) -> str:
    """Give the whole page."""
    css, script = _own("page.css"), _own("page.js")
    return _template().render(
        _=partial(_label, texts),
        translate=texts.translate,
        number=texts.number,
        language=texts.translator.language,
        formats=texts.translator.formats,
        counts=quantities,
        findings=findings,
        past=comparisons,
        report=report,
        css=Markup(css),  # noqa: S704 - our own file, which the policy names by its hash
        css_hash=_hash(css),
        script=Markup(script),  # noqa: S704 - our own file, which the policy names by its hash
        script_hash=_hash(script),
        owners=_owners(report, texts),
        filtered=texts.translate(_FILTERED),
        counted=_counted(report, texts),
        size=charts,
        **_head(report, texts),
        **_past(report, texts),
        **_machines(report, texts),
        **_executions(report, texts),
        hints=page_lines.hint_lines(report, texts),
        adopted=adopted_lines(report, texts),
        redrive=redrive_lines(report, texts),
        **_map_runs(report, texts),
        unnoticed=unnoticed_lines(report, texts),
        advice=list(page_lines.advice_lines(report, texts)),
        notes=texts.remarks(report.coverage, _NOTES),
    )


def _counted(report: Report, texts: Shown) -> str:
    """What the script recounts when the page is filtered, as JSON.

    `machines` have a name, an owner, and executions that failed, timed out and were aborted;
    `rows` a machine's place, a cause and its failed attempts; `ended` a machine's place, a cause,
    the place of a status, a bar, a series, and how many executions.
    """
    series = charts.main_series(report)
    places = {each.arn: place for place, each in enumerate(report.machines)}
    statuses = {"FAILED": 0, "TIMED_OUT": 1, "ABORTED": 2}
    ended = Counter(
        (
            places[each.machine_arn],
            texts.title(each.cause),
            statuses[each.status],
            charts.bar_of(each, report.window),
            series.get(each.cause, charts.SERIES),
        )
        for each in report.failures
    )
    return json.dumps(
        {
            "machines": [
                [
                    texts.name(each.name),
                    texts.name(each.owner) if each.owner else "",
                    *(each.failed, each.timed_out, each.aborted),
                ]
                for each in report.machines
            ],
            "rows": [
                [places[each.arn], texts.title(row.cause), row.failed_attempts]
                for each in report.machines
                for row in each.causes
            ],
            "ended": [[*key, count] for key, count in ended.items()],
        },
        separators=(",", ":"),
    )


def _label(texts: Shown, msgid: str) -> str:
    """A label of the templates', which mark it as gettext does, with `_`."""
    return texts.translate(Message(msgid))


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("sfn_digest.report.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")


@cache
def _own(name: str) -> str:
    templates = files("sfn_digest.report.html").joinpath("templates")
    return templates.joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _owners(report: Report, texts: Shown) -> Mapping[str, str]:
    owned = (machine for machine in report.machines if machine.owner)
    return defaultdict(str, {texts.name(each.name): texts.name(each.owner or "") for each in owned})


def _head(report: Report, texts: Shown) -> Mapping[str, object]:
    failing = view.failing_machines(report)
    needs = leading.lines(report, texts, 0).needs
    return {
        "title": leading.headline(report, texts) if failing else texts.quiet(report),
        "needs": by_environment(needs, attrgetter("machine"), report, texts),
        "name": texts.name,
        "stop": texts.after_stop(""),
        "about": lambda line: leading.about(line.machine, "", texts),
        "machine_url": console.machine_url,
        "scope": texts.scope(report),
        "tasks_lost": leading.BETWEEN.join(leading.tasks_lost(report, texts)),
        "partial": texts.partial(report, _NOTES),
        "numbers": compared.numbers(report, texts) if failing else (),
    }


def _past(report: Report, texts: Shown) -> Mapping[str, object]:
    changes = compared.changes(report, texts)
    again = compared.carried_over(report, texts)
    return {
        "against": compared.against(report.before, texts) if report.before else "",
        "recovered": compared.recovered(report, texts),
        "changes": changes[:_CHANGES],
        "more_changes": len(changes[_CHANGES:]),
        "carried_over": again[:_CARRIED_OVER],
        "more_carried_over": len(again[_CARRIED_OVER:]),
        "trend": charts.trend(report.trend),
    }


def _map_runs(report: Report, texts: Shown) -> Mapping[str, object]:
    lines = map_run_lines(report, texts)
    hidden = len(lines[_MAP_RUNS:])
    more = texts.translate(map_run_sentences.more(hidden)) if hidden else ""
    return {"map_runs": lines[:_MAP_RUNS], "more_map_runs": more}


def _machines(report: Report, texts: Shown) -> Mapping[str, object]:
    series = charts.main_series(report)
    failing = view.failing_machines(report)
    return {
        "series": [texts.title(cause) for cause in series],
        "timeline": charts.timeline(report, series),
        "bar_width": page_lines.BAR_WIDTH,
        "machines": [
            (page_lines.machine_line(report, machine, series, texts), heading)
            for machine, heading in headed(failing[:_MACHINES], itself, report, texts)
        ],
        "more_machines": page_lines.more_machines(failing[_MACHINES:], texts),
    }


def _executions(report: Report, texts: Shown) -> Mapping[str, object]:
    names = view.machine_names(report)
    failures = view.by_attempts(report)
    return {
        "executions": [
            page_lines.execution_line(failure, names[failure.machine_arn], texts)
            for failure in failures[:_EXECUTIONS]
        ],
        "more_executions": len(failures[_EXECUTIONS:]),
    }
