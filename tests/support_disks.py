"""Disks with which something is wrong: real ones, as far as that can be had."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HOLD = """
import sqlite3, sys
it = sqlite3.connect(sys.argv[1], isolation_level=None)
it.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def disk_of(place: Path, size: str) -> Iterator[Path]:
    """A file system in memory, `64k` small, say; skips where none can be mounted."""
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    try:
        done = subprocess.run(mount, capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"no file system can be mounted here: {error}")
    if done.returncode:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path, leave: int) -> Path:
    """Leaves so many bytes of the disk; the file that takes the others."""
    filler = place / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            file.truncate(max(0, file.tell() - leave))
    return filler


def remount(place: Path, how: str) -> None:
    """Lets a disk be only read, `ro`, or written again, `rw`."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(place)], check=True)


@contextmanager
def full_disk() -> Iterator[None]:
    """Files can be made, touched and removed by this process, but nothing written to them.

    Without a mount; the system says that the file is too large, not that the disk is full.
    """
    room, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, most))


@contextmanager
def read_only(file: Path) -> Iterator[None]:
    """Lets a file be only read, as long as the block lasts, even by the superuser."""
    if os.geteuid():
        lock, unlock = ["chmod", "a-w"], ["chmod", "u+w"]
    else:
        lock, unlock = ["chattr", "+i"], ["chattr", "-i"]
    try:
        done = subprocess.run([*lock, str(file)], capture_output=True, text=True)
    except OSError as error:
        pytest.skip(f"no file can be made read-only here: {error}")
    if done.returncode:
        pytest.skip(f"no file can be made read-only here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run([*unlock, str(file)], check=True)


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Another program writes to an SQLite file and does not end, as long as the block lasts."""
    command = [sys.executable, "-c", HOLD, str(file)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as other:  # type: ignore[call-overload]
        assert other.stdout.readline() == "held\n"
        yield
        other.stdin.close()


def without_locks(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Runs code in a Python to which the system says `ENOLCK`, whichever file it wants to lock.

    That is what a file system without locks says; here the kernel does so, by a filter.
    """
    command = [sys.executable, "-c", FILTER + code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode == 77:
        pytest.skip("the kernel takes no filter for system calls here")
    return done


FILTER = """
import ctypes, errno, platform, struct, sys
fcntl_, flock = {"x86_64": (72, 73), "aarch64": (25, 32)}.get(platform.machine()) or sys.exit(77)
def op(code, jt, jf, k): return struct.pack("HBBI", code, jt, jf, k)
load, equal, end = 0x20, 0x15, 0x06
refuse = op(end, 0, 0, 0x50000 | errno.ENOLCK)
allow = op(end, 0, 0, 0x7FFF0000)
filter_ = b"".join([
    op(load, 0, 0, 0),           # the call's number
    op(equal, 6, 0, flock),
    op(equal, 0, 4, fcntl_),
    op(load, 0, 0, 24),          # its second argument: F_SETLK, F_SETLKW and those of open files
    op(equal, 3, 0, 6), op(equal, 2, 0, 7), op(equal, 1, 0, 37),
    allow, refuse,
])
code = ctypes.create_string_buffer(filter_, len(filter_))
head = struct.pack("HxxxxxxP", len(filter_) // 8, ctypes.addressof(code))
program = ctypes.create_string_buffer(head)
prctl = ctypes.CDLL(None).prctl
if prctl(38, 1, 0, 0, 0) or prctl(22, 2, program, 0, 0): sys.exit(77)
"""
