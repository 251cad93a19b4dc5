"""Asks whether a known vulnerability is in what the app is installed with: `make vulnerabilities`.

pip-audit asks PyPI. Where nothing answers, or an index that knows no vulnerabilities, that is said,
and is no failure: the tests have to pass without a network too.
"""

import json
import subprocess
import sys
from typing import Any


def found(report: dict[str, Any]) -> list[str]:
    """Return a line for each known vulnerability.

    Args:
        report: what pip-audit writes as JSON.
    """
    return [
        f"{package['name']} {package['version']}: {one['id']}"
        + (f", mended in {', '.join(one['fix_versions'])}" if one["fix_versions"] else "")
        for package in report["dependencies"]
        for one in package.get("vulns", [])
    ]


def unknown(report: dict[str, Any]) -> int:
    """Count the packages of which the index knows nothing."""
    return sum("skip_reason" in package for package in report["dependencies"])


def main() -> int:
    """Ask, and print what is known; 1 if there is a vulnerability."""
    command = [sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        report = json.loads(done.stdout)
    except json.JSONDecodeError:
        last = done.stderr.strip().splitlines()[-1:] or ["no answer"]
        print(f"Nothing was looked up, as the index could not be asked: {last[0]}")
        return 0
    known = len(report["dependencies"]) - unknown(report)
    print(f"{known} packages looked up, {unknown(report)} that the index knows nothing of.")
    if known:
        print("\n".join(found(report)) or "No known vulnerability.")
    return 1 if found(report) else 0


if __name__ == "__main__":
    sys.exit(main())
