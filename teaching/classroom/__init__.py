"""A graded class made from the lessons: editions for students and instructors, and a course for nbgrader."""
