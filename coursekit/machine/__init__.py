"""What this machine has, what it costs, and how it is shut down."""
