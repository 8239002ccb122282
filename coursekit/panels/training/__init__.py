"""Step two: start, watch the loss, stop."""
