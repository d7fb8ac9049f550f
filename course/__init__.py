"""What runs around the lessons and is not taught: exercises, widgets, diagrams, the live picture of a training."""
