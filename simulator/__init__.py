"""A simulated AWS account and Slack workspace, served on loopback, whose truth is known."""
