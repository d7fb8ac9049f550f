"""Moved to course/results.py."""

from course.results import *  # noqa: F403
