"""Serve the app from several processes behind nginx, on this machine.

The same configuration as in deploy/compose.yaml: deploy/nginx/render.sh writes it for the
addresses of the servers. Ends with Control-C, and takes all processes along.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RENDER = ROOT / "deploy" / "nginx" / "render.sh"
START_SECONDS = 120
MISSING = "nginx is not installed: on Debian and Ubuntu, apt-get install nginx-light."
Process = subprocess.Popen[bytes]


def nginx_path() -> str | None:
    """Find nginx, also where only the administrator's path leads to."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin")


def render(servers: Sequence[str], port: str) -> str:
    """Return the configuration of deploy/nginx/ for these servers."""
    environment = {**os.environ, "SERVERS": " ".join(servers), "PORT": port}
    command = ["sh", str(RENDER)]
    return subprocess.run(
        command, env=environment, stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def write_nginx(folder: Path, site: str) -> Path:
    """Write what nginx needs to run out of a folder, and return the path of its configuration."""
    (folder / "site.conf").write_text(site)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    # A master that is root would give its work to a user who cannot read the folder.
    user = "user root;\n" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(
        f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log stderr warn;\n"
        "events { worker_connections 4096; }\n"
        "http {\n    access_log off;\n"
        + "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
        + f"    include {folder}/site.conf;\n}}\n"
    )
    return path


@contextmanager
def running(
    command: Sequence[str], environment: Mapping[str, str], folder: Path = ROOT
) -> Iterator[Process]:
    """Run a process in a folder until the block ends."""
    # A group of its own: Control-C is for this script, which then ends the others in order.
    process = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start_server(stack: ExitStack, port: int, environment: Mapping[str, str]) -> Process:
    """Start one server of the app that ends with the stack."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py"]
    options = ["--server.address=127.0.0.1", f"--server.port={port}", "--server.headless=true"]
    return stack.enter_context(running([*command, *options], environment))


def start_nginx(stack: ExitStack, configuration: Path) -> Process:
    """Start nginx; it ends with the stack."""
    nginx = nginx_path()
    if nginx is None:
        sys.exit(MISSING)
    command = [nginx, "-p", str(configuration.parent), "-e", "stderr", "-c", str(configuration)]
    return stack.enter_context(running(command, os.environ))


def wait_for(url: str, process: Process) -> None:
    """Wait until a server answers; one that ends, or never answers, ends the script."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"What was to answer at {url} does not: see the lines above.")


def main() -> None:
    """Run the script until it is stopped."""
    parser = argparse.ArgumentParser(description="Serve the app from processes behind nginx.")
    parser.add_argument("--servers", type=int, default=2, help="how many, default: 2")
    parser.add_argument("--port", type=int, default=8080, help="nginx's; the servers' follow it")
    options = parser.parse_args()
    if options.servers < 1:
        parser.error("there must be a server")
    if nginx_path() is None:
        sys.exit(MISSING)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ports = [options.port + number for number in range(1, options.servers + 1)]
    addresses = [f"127.0.0.1:{port}" for port in ports]
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        try:
            servers = [start_server(stack, port, os.environ) for port in ports]
            for address, server in zip(addresses, servers, strict=True):
                wait_for(f"http://{address}", server)
            site = render(addresses, str(options.port))
            nginx = start_nginx(stack, write_nginx(Path(folder), site))
            wait_for(f"http://localhost:{options.port}", nginx)
            for address, server in zip(addresses, servers, strict=True):
                print(f"A server at {address}, process {server.pid}", flush=True)
            print(f"nginx in front of them: http://localhost:{options.port}", flush=True)
            nginx.wait()
        except KeyboardInterrupt:
            print("\nStopped.", file=sys.stderr)


if __name__ == "__main__":
    main()
