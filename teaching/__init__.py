"""What helps a teacher: a package, so that tests and nbgrader can import its parts."""
