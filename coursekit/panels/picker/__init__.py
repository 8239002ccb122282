"""Step one: which photos, and where their labels come from."""
