"""Run the tests whose numbers come from matrix products on other kinds of processors: make test-cpus [CPUS="Haswell …"]

OpenBLAS has a kernel for each kind, chosen by an environment variable, and adds in another order on each; NumPy has
variants of exp, tanh and log1p that can be switched off. A kind that this machine cannot run is skipped, with a word.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TESTS = ["tests/helpers", "tests/course/test_exercises.py", "tests/course/test_looks.py", "tests/notebooks"]
NBVAL = ["-p", "tests.notebooks.plugin", "-p", "nbval", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=600"]
NBVAL += ["--nbval-sanitize-with", "tests/nbval_sanitize.cfg", "notebooks"]
KERNELS = ["Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen"]
REPORTED = {"Prescott": ("Prescott", "Katmai"), "Zen": ("Zen", "Haswell")}  # Zen shares most of Haswell's kernels
KINDS = {
    **{name: {"OPENBLAS_CORETYPE": name} for name in KERNELS},
    "Haswell-2": {"OPENBLAS_CORETYPE": "Haswell", "OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"},
    "no-AVX512": {"NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR"},
    "no-AVX2": {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR"},
}
# The name of the kernel in use, and a product, which an instruction that is missing would end at once.
PROBE = """
import numpy as np, threadpoolctl
assert np.isfinite((np.ones((64, 64), np.float32) @ np.ones((64, 64), np.float32)).sum())
print(*{pool.get("architecture") for pool in threadpoolctl.threadpool_info() if pool["internal_api"] == "openblas"})
"""


def main(kinds):
    os.environ.pop("MPLBACKEND", None)  # with another than the notebook's, no figure is shown
    failed = []
    for kind in kinds or KINDS:
        threads = dict.fromkeys(["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"], "1")
        environment = {**os.environ, "COURSE_PROGRESS": "off", "PYTHONHASHSEED": "0", **threads, **KINDS[kind]}
        probe = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", PROBE], env=environment, capture_output=True, text=True
        )
        wanted = KINDS[kind].get("OPENBLAS_CORETYPE", "")
        if probe.returncode or not probe.stdout.strip().startswith(REPORTED.get(wanted, wanted)):
            print(f"{kind}: skipped, this machine or this NumPy cannot run it ({probe.stdout.strip() or 'it ended'}).")
            continue
        print(f"{kind}: OpenBLAS runs {probe.stdout.strip()}.", flush=True)
        for arguments in (TESTS, NBVAL):
            distribute = "loadscope" if arguments is NBVAL else "worksteal"
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "no:cacheprovider",
                "-n",
                "auto",
                "--dist",
                distribute,
            ]
            if subprocess.run([*command, *arguments], cwd=ROOT, env=environment).returncode:
                failed.append(f"{kind} ({arguments[-1]})")
    if failed:
        sys.exit(f"These depend on the processor: {', '.join(failed)}.")


if __name__ == "__main__":
    if unknown := [kind for kind in sys.argv[1:] if kind not in KINDS]:
        sys.exit(f"There is no kind {unknown[0]!r}; there are {', '.join(KINDS)}.")
    main(sys.argv[1:])
