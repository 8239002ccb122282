"""What compares trainings: recipes run again, baselines, a person against a model."""
