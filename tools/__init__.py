"""What a developer runs now and then; nothing here ships."""
