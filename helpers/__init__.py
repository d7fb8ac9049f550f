"""What the lessons import: the graduated network, the data, and the tools that show and check."""
