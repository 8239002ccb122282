"""This user's Jupyter servers: which run here, what they say of their kernels, how one is ended."""
