"""Pure: events of executions that closed, which of them are read, and what a window's come to."""
