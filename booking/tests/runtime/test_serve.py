import os
import socket
import subprocess
import sys

from booking.runtime.embedded import CHECKOUT


def test_a_port_in_use_is_refused_before_anything_starts():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = subprocess.run(
            [sys.executable, "-m", "booking.runtime.serve"],
            cwd=CHECKOUT,
            env=os.environ | {"PORT": port, "APPLICATION_STAGE": "dev"},
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert result.returncode == 1
    assert port in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""
