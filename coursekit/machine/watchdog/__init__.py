"""The watchdog: a process that shuts a forgotten machine down, only when it was told to."""
