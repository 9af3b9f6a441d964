"""Figures as text, and whether the targets are reached."""

from collections import Counter

from benchmarks.figures import Comparison, Figures
from benchmarks.measuring import Memory

HEADINGS = ["req/s", "p50 ms", "p99 ms", "server ms", "PostgreSQL ms", "CPU ms"]


def format_comparison(comparison: Comparison) -> str:
    """Format the rows of all that the case was measured on, and the statuses."""
    servers = [("ours", comparison.ours)]
    if comparison.floor.responses.statuses:
        servers.append(("floor", comparison.floor))
    rows = [(name, _values(figures)) for name, figures in servers]
    if len(rows) == 2:
        rows.append(("ratio", _ratios(*(values for _, values in rows))))
    lines = [f"\n{comparison.name:<18}" + "".join(f"{h:>15}" for h in HEADINGS)]
    for name, values in rows:
        lines.append(f"  {name:<16}" + "".join(f"{value:>15.2f}" for value in values))
    if comparison.by_hand.runs:
        ms = comparison.by_hand.ms
        lines.append(f"  {'by hand':<16}{'':>60}{ms:>15.2f}{ms:>15.2f}")
    for name, figures in servers:
        lines.append(f"  {name}: {_format_statuses(figures)}")
    if comparison.by_hand.runs:
        lines.append(f"  by hand: {comparison.by_hand.runs:,} runs")
    return "\n".join(lines)


def format_memory(ours: Memory, floor: Memory) -> str:
    lines = ["\nPeak memory of each server's processes, MB"]
    for name, memory in (("ours", ours), ("floor", floor)):
        lines.append(f"  {name:<6} PSS {memory.pss:.0f}, RSS {memory.peak_rss:.0f}")
    return "\n".join(lines)


def format_targets(
    listing: Comparison, adding: Comparison, race: Comparison, memory: Memory
) -> str:
    return "\n".join(
        [
            "\nTargets",
            _target("list, CPU, ratio to the floor", listing.cpu_ratio, 2.0),
            _target("add, CPU, ratio to the floor", adding.cpu_ratio, 2.3),
            _target("races, p99, ratio to the floor", race.p99_ratio, 2.5),
            _target("races without exactly one 201, else 409", race.wrong, 0),
            _target("memory with two workers, PSS in MB", memory.pss, 170),
        ]
    )


def format_operation_targets(operations: list[Comparison], race: Comparison) -> str:
    lines = ["\nTargets of the operations"]
    for operation in operations:
        what = f"{operation.name}, CPU, ratio to the floor"
        lines.append(_target(what, operation.cpu_ratio, 2.5))
    lines += [
        _target(f"{race.name}, CPU, ratio to the floor", race.cpu_ratio, 2.5),
        _target("races without exactly one 200, else 404 or 409", race.wrong, 0),
        *map(_share, operations),
    ]
    return "\n".join(lines)


def format_search_targets(comparisons: list[Comparison], median: float) -> str:
    lines = ["\nTargets of the search"]
    # The month's view has no statement by hand.
    for comparison in (one for one in comparisons if one.by_hand.runs):
        name, by_hand = comparison.name, comparison.by_hand.ms
        most = round(max(2.5 * by_hand, by_hand + 5), 2)
        share = comparison.postgres_ratio
        lines += [
            _target(f"{name}, PostgreSQL's CPU, ratio by hand", share, 1.3),
            _target(f"{name}, CPU of the request in ms", comparison.ours.cpu_ms, most),
        ]
    _, fifty, everybody, *_ = comparisons
    ratio = everybody.ours.cpu_ms / fifty.ours.cpu_ms
    lines += [
        _target("all therapists, CPU, ratio to 50 of them", ratio, 4),
        _target("100,000 appointments, 31 days: median in ms", median, 50),
    ]
    return "\n".join(lines)


def format_reads(of_client: Comparison, of_staff: Comparison, mine: Comparison) -> str:
    ratio = of_staff.ours.cpu_ms / of_client.ours.cpu_ms
    ratio_of_mine = mine.ours.cpu_ms / of_client.ours.cpu_ms
    return "\n".join(
        [
            "\nThe log of reads",
            f"  {'list of staff, CPU, ratio to the list of a client':<52}{ratio:>7.2f}",
            f"  {'its rows by hand, CPU in ms':<52}{of_staff.by_hand.ms:>7.2f}",
            f"  {'mine=true, CPU, ratio to the list of a client':<52}{ratio_of_mine:>7.2f}",
        ]
    )


def format_series_targets(
    booking: Comparison, twelve: Comparison, year: Comparison
) -> str:
    ratios = [series.ours.cpu_ms / booking.ours.cpu_ms for series in (twelve, year)]
    return "\n".join(
        [
            "\nTargets of the series",
            _target(f"{year.name}, CPU, ratio to one booking", ratios[1], 6),
            f"  {f'{twelve.name}, CPU, ratio to one booking':<52}{ratios[0]:>7.2f}",
            *map(_share, (booking, twelve, year)),
        ]
    )


def _values(figures: Figures):
    return [
        figures.per_second,
        figures.percentile(50),
        figures.percentile(99),
        figures.server_ms,
        figures.postgres_ms,
        figures.cpu_ms,
    ]


def _ratios(ours, floor):
    return [a / b if b else 0.0 for a, b in zip(ours, floor, strict=True)]


def _format_statuses(figures):
    counts = sorted(Counter(figures.responses.statuses).items())
    return ", ".join(f"{count:,} times {status}" for status, count in counts)


def _target(what, value, most):
    verdict = "reached" if value <= most else "missed"
    return f"  {what:<52}{value:>7.2f}, at most {most:g}: {verdict}"


def _share(comparison):
    return (
        f"  {comparison.name}: PostgreSQL's CPU {comparison.ours.postgres_ms:.2f} ms, "
        f"by hand {comparison.by_hand.ms:.2f}, ratio {comparison.postgres_ratio:.2f}"
    )
