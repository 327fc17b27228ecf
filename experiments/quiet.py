"""Keeps TensorFlow's start-up notices off the screen, and nothing else."""

import contextlib
import os
import re
import sys
import tempfile

__all__ = ["native_notices"]

# TensorFlow 2.21 writes these before it reads TF_CPP_MIN_LOG_LEVEL: that oneDNN
# is on, which instructions the CPU has, that there is no GPU.
_NOTICE = re.compile(
    r"WARNING: All log messages before absl::InitializeLog"
    r"|[IWE]\d{4} .*\b(port|cudart_stub|cuda_platform|cpu_feature_guard)\.cc:"
    r"|To enable the following instructions:"
)


@contextlib.contextmanager
def native_notices():
    """Holds back what is written to standard error; passes all but notices on.

    Works on the file descriptor, because the writer is not Python. Whatever
    else was written inside the block appears when it ends, however it ends.
    """
    sys.stderr.flush()
    screen = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(screen, 2)
            os.close(screen)
            held.seek(0)
            for line in held.read().decode(errors="replace").splitlines(True):
                if not _NOTICE.match(line):
                    sys.stderr.write(line)
