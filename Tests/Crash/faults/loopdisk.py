"""An ext4 file system in a file, on a loop device, that a proof may cut off or starve.

The power-cut and fsyncgate proofs come in. Everything is mounted in a mount namespace of this
process and its children: when they are gone, so are the mounts and the loop devices, however they
went. Needs root, mkfs.ext4 (e2fsprogs), mount and fallocate (util-linux).
"""

import ctypes
import errno
import fcntl
import os
import shutil
import struct
import subprocess
from pathlib import Path
from types import TracebackType

CLONE_NEWNS = 0x00020000
# linux/fs.h and fs/ext4/ext4.h
FIBMAP = 1
EXT4_IOC_SHUTDOWN = 0x8004587D
# What the cut does with the metadata journal: nothing, write it out first, drop what is in memory.
CUTS = {"default": 0, "flush the journal": 1, "drop the journal": 2}
BLOCK_BYTES = 4096


class CannotMount(Exception):
    """This machine does not allow what the proof needs; the text says what."""


def run(*command: str) -> None:
    """Runs a program; what it said is in the exception when it fails."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise OSError(result.returncode, f"{' '.join(command)}: {result.stderr.strip()}")


def enter_mount_namespace() -> None:
    """From here on this process's mounts are its own."""
    if os.geteuid() != 0:
        raise CannotMount("mounting needs root")
    for tool in ("mkfs.ext4", "mount", "umount", "fallocate"):
        if shutil.which(tool) is None:
            raise CannotMount(f"there is no {tool} (e2fsprogs, util-linux)")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS) != 0:
        raise CannotMount(f"no mount namespace: {os.strerror(ctypes.get_errno())}")
    try:
        run("mount", "--make-rprivate", "/")
    except OSError as error:
        raise CannotMount(str(error)) from error


class LoopDisk:
    """A formatted image file in `folder`, mounted at `mount_point` while a `with` block runs."""

    def __init__(self, folder: Path, mebibytes: int) -> None:
        self.image = folder / "image"
        self.mount_point = folder / "mnt"
        with open(self.image, "xb") as file:
            file.truncate(mebibytes << 20)
        self.mount_point.mkdir()
        run("mkfs.ext4", "-q", "-F", "-b", str(BLOCK_BYTES), "-m", "0", str(self.image))

    def __enter__(self) -> "LoopDisk":
        try:
            self.mount()
        except OSError as error:
            raise CannotMount(f"no loop mount: {error}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # By now who used it has been stopped; if not, the mount goes with the last of them.
        if self.mount_point.is_mount():
            run("umount", "--lazy", str(self.mount_point))

    def mount(self) -> None:
        """The kernel replays the file system's journal here."""
        run("mount", "-o", "loop,nodiscard", "-t", "ext4", str(self.image), str(self.mount_point))

    def unmount(self) -> None:
        """Nobody may have a file open. The cache goes with the mount."""
        run("umount", str(self.mount_point))

    def remount(self) -> None:
        """Leaves nothing but what the disk has."""
        self.unmount()
        self.mount()

    def cut(self, kind: str) -> None:
        """From now on nothing more reaches the disk, and every call that tries fails."""
        folder = os.open(self.mount_point, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", CUTS[kind]))
        except OSError as error:
            if error.errno in (errno.ENOTTY, errno.EOPNOTSUPP, errno.EPERM):
                raise CannotMount(f"no ext4 shutdown: {error}") from error
            raise
        finally:
            os.close(folder)

    def starve(self, path: Path, first_byte: int) -> int:
        """Takes the image's blocks away from the part of a file behind `first_byte`, which must be
        synced zeros: they read as before, but a write needs new room under the image. How many."""
        blocks = path.stat().st_size // BLOCK_BYTES
        with open(path, "rb") as file:
            places = [
                struct.unpack("i", fcntl.ioctl(file, FIBMAP, struct.pack("i", block)))[0]
                for block in range(first_byte // BLOCK_BYTES, blocks)
            ]
        for start, count in runs(places):
            run("fallocate", "--punch-hole", "--offset", str(start * BLOCK_BYTES),
                "--length", str(count * BLOCK_BYTES), str(self.image))
        return len(places)


def runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Ascending neighbours as (first, count)."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][0] + found[-1][1] == number:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((number, 1))
    return found
