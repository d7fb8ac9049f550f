"""What `make offline` packs installs and runs where there is no network."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_the_pack_installs_without_a_network(tmp_path):
    subprocess.run([sys.executable, ROOT / "tools" / "offline.py"], check=True, timeout=600)
    (pack,) = (ROOT / "build").glob(f"*-python{sys.version_info.major}.{sys.version_info.minor}.zip")
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert (folder / "website" / "notebooks" / "01_neuron.html").exists()
    nowhere = "http://127.0.0.1:9"  # nobody answers there
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHONPATH"))}
    environment |= {"http_proxy": nowhere, "https_proxy": nowhere, "PIP_CONFIG_FILE": os.devnull}
    command = ["make", "smoke", f"PYTHON={sys.executable}"]
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("unshare") and shutil.which("ip"):
        command = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", *command]
    run = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
