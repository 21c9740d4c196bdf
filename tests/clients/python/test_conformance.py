"""The published conformance suite, against a server made of the product's own core and the suite's fixtures.

The lists of requirements are frozen, one per protocol era, and there is no list of expected failures.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from product import announced, program

SUITE = Path(__file__).resolve().parent.parent / "node/node_modules/@modelcontextprotocol/conformance/dist/index.js"


@pytest.mark.timeout(420)
@pytest.mark.parametrize("requirements", ["2025-11-25", "2026-07-28"])
def test_the_server_meets(requirements: str, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with program([os.environ["TOOLGATE_CONFORMANCE_SERVER"], "--port", "0"], log) as server:
        url = announced(server, log, r"listening on (http://\S+)")
        suite = subprocess.run(
            [os.environ["TOOLGATE_NODE"], str(SUITE), "server", "--url", url, "--requirements", requirements],
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=400,
        )
    report = suite.stdout + suite.stderr
    summary = report[report.rfind("=== SUMMARY ===") :] if "=== SUMMARY ===" in report else report
    print(summary)
    assert suite.returncode == 0, f"{report}\n--- server:\n{log.read_text()}"
    [total] = re.findall(r"Total: (\d+) passed, (\d+) failed", summary)
    assert int(total[0]) > 50 and total[1] == "0", "the suite ran, and nothing failed"
