"""An engine that runs Amazon States Language in virtual time and writes AWS-true histories."""
