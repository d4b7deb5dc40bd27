"""What the faces say, as messages: a module a subject. Names come in safe to show."""
