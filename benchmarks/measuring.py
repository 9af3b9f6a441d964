"""What processes cost, read from /proc."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Of a tree of processes, in MB. RSS counts pages once for each that shares them."""

    pss: float
    peak_rss: float

    def larger(self, other: "Memory") -> "Memory":
        return Memory(max(self.pss, other.pss), max(self.peak_rss, other.peak_rss))


def cpu_seconds(root: int) -> float:
    """Return the time a process and its descendants have used so far.

    Children that have ended count with the process that waited for them, so the
    sum never falls.
    """
    ticks = sum(sum(_times(pid, waited=pid == root)) for pid in tree(root))
    return ticks / TICKS_PER_SECOND


@contextmanager
def spent(*roots: int | None) -> Iterator[list[float]]:
    """Give a list that holds, after the block, the seconds each tree used in it."""
    before = [root and cpu_seconds(root) for root in roots]
    after = []
    yield after
    after += [
        cpu_seconds(root) - start if root else 0.0
        for root, start in zip(roots, before, strict=True)
    ]


def memory(root: int) -> Memory:
    pss = sum(_kilobytes(pid, "smaps_rollup", "Pss:") for pid in tree(root))
    peak = sum(_kilobytes(pid, "status", "VmHWM:") for pid in tree(root))
    return Memory(pss / 1024, peak / 1024)


def postmaster(backend: int) -> int | None:
    """Return the parent of a backend's process, or None if it runs elsewhere."""
    try:
        name, fields = _stat(backend)
    except FileNotFoundError:
        return None
    return int(fields[1]) if name == "postgres" else None


def tree(root: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int(_stat(int(entry.name))[1][1])
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended meanwhile
    members = [root]
    for member in members:
        members += [pid for pid, parent in parents.items() if parent == member]
    return members


def _stat(pid: int) -> tuple[str, list[str]]:
    """Return the name of a process, and the fields after it: state, parent, …"""
    text = Path(f"/proc/{pid}/stat").read_text()
    name, _, rest = text.partition("(")[2].rpartition(")")
    return name, rest.split()


def _times(pid: int, *, waited: bool) -> list[int]:
    try:
        _, fields = _stat(pid)
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(field) for field in fields[11 : 15 if waited else 13]]


def _kilobytes(pid: int, file: str, label: str) -> int:
    for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        if line.startswith(label):
            return int(line.split()[1])
    return 0
