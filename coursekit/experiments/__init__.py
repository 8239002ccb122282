"""Experiments: what is compared with a training, and a training with itself."""
