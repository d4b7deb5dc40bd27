"""Why Step Functions executions failed, and what to change, in one Slack message."""

__version__ = "0.1.0"
