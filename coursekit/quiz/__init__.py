"""Questions in Markdown files: read, asked and graded. No torch, no widgets."""
