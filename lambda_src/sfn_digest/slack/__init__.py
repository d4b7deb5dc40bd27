"""The only room that speaks to Slack: posts a message once, and says what went wrong."""
