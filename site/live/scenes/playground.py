from course.widgets import Playground

Playground(dataset="spirals", hidden=(8, 8, 8))
