"""A TensorBoard to test with, as a user starts it."""

import contextlib
import importlib.metadata
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

PLUGIN = "calibration = tfmixup.tensorboard.loader:CalibrationLoader"


def path_with_entry_point(folder):
    """An entry for PYTHONPATH with which TensorBoard finds the plugin.

    An installed tfmixup has the entry point already. A checkout that was
    installed before there was one has not.

    Args:
        folder: path of an empty folder.

    Returns:
        str, to put on PYTHONPATH.
    """
    found = importlib.metadata.entry_points(group="tensorboard_plugins")
    if "calibration" in found.names:
        return str(folder)
    about = folder / "tfmixup_plugin-0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Name: tfmixup-plugin\nVersion: 0\n")
    text = f"[tensorboard_plugins]\n{PLUGIN}\n"
    (about / "entry_points.txt").write_text(text)
    return str(folder)


@contextlib.contextmanager
def tensorboard(logdir, folder, *arguments, prefix="", preamble="", wait=None):
    """Runs TensorBoard until the context ends.

    Args:
        logdir: path.
        folder: path of an empty folder.
        *arguments: more flags.
        prefix: str, `--path_prefix`.
        preamble: str, Python to run before TensorBoard's own.
        wait: str, text to wait for in the answer of the plugin's index.

    Yields:
        str, the address of the plugin's server side, that ends in "/".
    """
    path = [path_with_entry_point(folder), os.getcwd()]
    path += filter(None, [os.environ.get("PYTHONPATH")])
    port = free_port()
    log = folder / "tensorboard.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    code = f"{preamble}\nfrom tensorboard.main import run_main\nrun_main()"
    flags = [f"--logdir={logdir}", f"--port={port}", "--host=127.0.0.1"]
    flags.append(f"--path_prefix={prefix}")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", code, *flags, *arguments],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(path),
            },
            stdout=output,
            stderr=output,
        )
    root = f"http://127.0.0.1:{port}{prefix}/data/"
    address = f"{root}plugin/calibration/"
    try:
        wait_for(f"{root}plugins_listing", "", process, log)
        if wait is not None:
            wait_for(f"{address}index", wait, process, log)
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port():
    """A port that was free a moment ago."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(address, text, process, log, seconds=90):
    """Waits until an address answers with a text.

    Raises:
        RuntimeError: if TensorBoard ends, or does not answer in time.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            if text in get(address)[1].decode("utf-8", "replace"):
                return
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.2)
    raise RuntimeError(f"No {text!r} at {address}:\n{log.read_text()[-3000:]}")


def get(address):
    """Status and body of an address; errors are answers too."""
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
