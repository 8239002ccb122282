"""Step three: a picture of one's own, and what the model says it is."""
