"""The board: scores with their intervals, and what it takes to get them again. No torch.

`scores.add(run, name="bigger photos")` puts a finished run on it.
"""

from coursekit.scores.adding import add as add
