"""Widgets that bind what the engine does to what a person sees."""
