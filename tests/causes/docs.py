"""Writes docs/causes.md from the table of causes.

PYTHONPATH=lambda_src:. python -m tests.causes.docs
"""

from pathlib import Path

from sfn_digest.causes import Cause, Guide, table

PATH = Path(__file__).parents[2] / "docs" / "causes.md"

SERVICES = {
    "batch": "AWS Batch",
    "ecs": "Amazon ECS",
    "emr": "Amazon EMR",
    "emr-serverless": "EMR Serverless",
    "glue": "AWS Glue",
    "lambda": "AWS Lambda",
}

_OPENING = """\
# Causes

<!-- Written by `python -m tests.causes.docs` from the table of causes; change it there. -->

Each cause that sfn-digest can name, what it means and what to do. The nature says whether it goes
away by itself: a **transient** cause does, so a retry helps; a **permanent** one stays until
something changes; if it **depends**, the message decides. The nature listed here is the usual
one: a diagnosis may be more precise (a refused image pull is permanent, a pull limit is
transient).

| id | cause | nature |
| --- | --- | --- |
"""

_RULES = """
## Rules of your own

Put your own error names and messages in a TOML file. The first rule that matches takes
precedence over everything built in.

```toml
[[rule]]
error = "Billing.*"                   # glob on the error name; case counts
contains = ["card was declined"]      # any of these in the cause, in any case
cause = "data_condition"              # an id of the table above
nature = "permanent"                  # optional: transient, permanent or depends
advice = "Ask finance."               # optional: shown instead of the advice above

[[rule]]
matches = "*no rows for * today*"     # glob on the whole cause, in any case
cause = "data_condition"
```

A rule needs at least one of `error`, `contains` and `matches`; all that it has must match.
In a glob `*` matches any text; there are no regular expressions, so no rule can make the
digest slow. `error` is compared with the error that Step Functions gave and with
the one at the leaf (a child execution's, a function's), `contains` and `matches` with the
cause and with the message in it. A rule that cannot be understood is refused with its line
and the reason.
"""


def render() -> str:
    """The page."""
    causes = table().values()
    rows = "".join(f"| [{c.id}](#{c.id}) | {c.title} | {c.nature} |\n" for c in causes)
    return _OPENING + rows + "".join(map(_section, causes)) + _RULES


def _section(cause: Cause) -> str:
    return (
        f"\n## {cause.id}\n\n**{cause.title}** ({cause.nature}). {cause.meaning}\n\n"
        f"- Recognised by: {cause.recognised}\n- What to do: {cause.advice}\n"
        f"- AWS: <{cause.docs}>\n" + "".join(map(_guide, cause.integrations.items()))
    )


def _guide(of: tuple[str, Guide]) -> str:
    service, guide = of
    return f"- Where it struck {SERVICES[service]}: {guide.advice} <{guide.docs}>\n"


if __name__ == "__main__":
    PATH.write_text(render(), encoding="utf-8")
