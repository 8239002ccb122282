"""The engine: a Learner, its callbacks, schedules, metrics, runs and exports. No widgets."""
