"""What everything stands on: errors, paths, words, `doc()`. No widgets, no torch."""
