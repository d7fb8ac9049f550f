"""How nbgrader is set for the course made by `make class`; its nbgrader_config.py reads this file."""

import os
import sys
from pathlib import Path

from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearOutput,
    ComputeChecksums,
    LockCells,
    OverwriteCells,
    OverwriteKernelspec,
    SaveCells,
)

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
from teaching.classroom.restore import Restore  # noqa: E402

# what the kernels inherit in which submissions run
os.environ |= {
    "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    "COURSE_SOLUTIONS": "off",
    "COURSE_PROGRESS": "off",  # no student's record of progress is another's
    "MPLBACKEND": "agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}

c = get_config()  # noqa: F821
c.NbGrader.logfile = ".nbgrader.log"
c.CourseDirectory.course_id = "neural-networks"
# the stubs are part of the lessons: ClearSolutions would put its own text in their place
c.GenerateAssignment.preprocessors = [
    LockCells, ClearOutput, CheckCellMetadata, ComputeChecksums, SaveCells, ClearHiddenTests, ComputeChecksums,
]  # fmt: skip
c.Autograde.sanitize_preprocessors = [
    Restore, ClearOutput, OverwriteKernelspec, OverwriteCells, CheckCellMetadata,
]  # fmt: skip
# teaching.classroom.grading ends a cell after CLASS_CELL_SECONDS; this is for what never leaves compiled code
c.Execute.timeout = 600
c.Execute.interrupt_on_timeout = True
# a folded cell draws, and binds no name that others use: a rule of the lessons, and most of their seconds
c.Execute.skip_cells_with_tag = "hide-input"
c.LimitOutput.max_lines = 200
c.LimitOutput.max_traceback = 30
