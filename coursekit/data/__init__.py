"""Data sets without torch: the catalogue, downloads, lists of items, labels and splits."""
