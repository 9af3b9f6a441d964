"""CPU and memory of processes, read from /proc."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Of a tree of processes, in MB.

    RSS counts a shared page once for each process; PSS counts it once in all.
    """

    pss: float = 0.0
    peak_rss: float = 0.0

    def peak(self, other: "Memory") -> "Memory":
        return Memory(max(self.pss, other.pss), max(self.peak_rss, other.peak_rss))


@contextmanager
def measure_cpu(*roots: int | None) -> Iterator[list[float]]:
    """Yield a list; after the block it has the CPU seconds that each tree used in it."""
    before = [root and _cpu_seconds(root) for root in roots]
    used = []
    yield used
    used += [
        _cpu_seconds(root) - start if root else 0.0
        for root, start in zip(roots, before, strict=True)
    ]


def measure_memory(root: int) -> Memory:
    tree = _process_tree(root)
    pss = sum(_kilobytes(pid, "smaps_rollup", "Pss:") for pid in tree)
    peak = sum(_kilobytes(pid, "status", "VmHWM:") for pid in tree)
    return Memory(pss / 1024, peak / 1024)


def find_postmaster(backend: int) -> int | None:
    """Return the parent of a backend's process, or None if it runs elsewhere."""
    try:
        name, fields = _stat(backend)
    except FileNotFoundError:
        return None
    return int(fields[1]) if name == "postgres" else None


def _cpu_seconds(root):
    """Return the CPU seconds of a process and its descendants so far.

    A child that has ended counts with the process that waited for it, so the sum never
    falls.
    """
    ticks = sum(sum(_ticks(pid, waited=pid == root)) for pid in _process_tree(root))
    return ticks / TICKS_PER_SECOND


def _process_tree(root):
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


def _ticks(pid, *, waited):
    """Return the ticks in user and kernel mode, and those of children waited for."""
    try:
        _, fields = _stat(pid)
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(field) for field in fields[11 : 15 if waited else 13]]


def _stat(pid):
    """Return the name of a process, and the fields after it: state, parent, …"""
    text = Path(f"/proc/{pid}/stat").read_text()
    name, _, rest = text.partition("(")[2].rpartition(")")
    return name, rest.split()


def _kilobytes(pid, file, label):
    for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
        if line.startswith(label):
            return int(line.split()[1])
    return 0
