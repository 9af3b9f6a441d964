"""Imports go one way: pyproject.toml says which."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_no_room_imports_upwards():
    lint = Path(sys.executable).with_name("lint-imports")

    result = subprocess.run(
        [lint, "--no-cache", "--no-logo"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
