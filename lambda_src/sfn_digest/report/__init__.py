"""The report and its faces: JSON, Slack blocks, terminal, HTML."""
