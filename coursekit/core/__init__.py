"""What everything else stands on: errors, paths, words for people, `doc()`. No widgets, no torch."""
