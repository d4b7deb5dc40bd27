"""Pure: weighs every Retry on what really happened, and writes down what to change."""
