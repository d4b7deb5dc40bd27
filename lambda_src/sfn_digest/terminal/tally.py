"""What a progress has counted, in words: for live lines and plain ones alike."""

import threading


class ProgressTally:
    """What was counted so far; whoever changes or reads it holds `lock`, for threads call."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.failures_found = 0
        self.failures_read = 0
        self.calls = 0
        self.calls_throttled = 0

    def failures(self) -> str:
        """Say how much of what was found has been read."""
        if not self.failures_found:
            return ""
        return f"{self.failures_read:,} of {self.failures_found:,} failures read"

    def asked(self) -> str:
        """Say how many calls were made and how many of them AWS throttled."""
        if not self.calls:
            return ""
        made = f"{self.calls:,} {'API call' if self.calls == 1 else 'API calls'}"
        return f"{made}, {self.calls_throttled:,} throttled" if self.calls_throttled else made

    def sentence(self) -> str:
        """Say both, as far as there is anything to say."""
        return "; ".join(filter(None, (self.failures(), self.asked())))


def capitalized(text: str) -> str:
    """A phrase as a sentence begins."""
    return text[:1].upper() + text[1:]
