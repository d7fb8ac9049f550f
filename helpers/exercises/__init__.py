"""The exercises of the course: check an answer, get a hint or the solution, take a quiz, see your progress.

Those of lesson 2 are declared in lesson_02.py, and so on; engine.py says how all this works.
"""

from helpers.exercises.engine import check, hint, progress, quiz, solution

__all__ = ["check", "hint", "progress", "quiz", "solution"]
