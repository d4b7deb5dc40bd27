"""What the terminal asks and answers beside a report, in English."""

from sfn_digest.i18n.english.plain import Plain


class AskingWords(Plain):
    """The picker's question, and where a report went."""

    WHICH_MACHINES = "Which state machines?"
    HOW_TO_PICK = "(arrows, type to filter, space for several, enter)"
    UNKNOWN_COUNT = "?"
    EXPRESS_CHOICE = "Express: causes are not read"

    def failures_of(self, failures: str, executions: str) -> str:
        """Say beside a machine's name how many of its executions failed; both are aligned."""
        return f"{failures} of {executions} failed"

    def none_tagged(self, tag: str, region: str) -> str:
        """Say why all machines are shown to pick from."""
        return f"No state machine in {region} carries the tag {tag}; these are all there are."
