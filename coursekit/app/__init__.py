"""Serves the panels as a web page of this machine, through Voila."""
