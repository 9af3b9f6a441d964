"""How deep the tests go that make up examples or repeat a race.

`bin/test` takes a sample of each. `bin/test --thorough` runs these tests alone, at full
depth: without a depth, a test would only do the same again.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

SAMPLE, THOROUGH = "sample", "thorough"

settings.register_profile(
    SAMPLE,
    deadline=None,
    # The same examples every time: a build must not fail by chance.
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(THOROUGH, settings.get_profile(SAMPLE))


def choose(*, sample: Any, thorough: Any) -> Any:
    """Return the value for this run. Ask only once pytest has read its options."""
    return thorough if settings.get_current_profile_name() == THOROUGH else sample


def examples(*, sample: int, thorough: int):
    """Tell Hypothesis how many examples to make up for a test."""

    def decorate(test):
        most = choose(sample=sample, thorough=thorough)
        return pytest.mark.depth(settings(max_examples=most)(test))

    return decorate


def pytest_addoption(parser):
    parser.addoption(
        "--thorough",
        action="store_true",
        help="run only the tests that have a depth, at full depth",
    )


def pytest_configure(config):
    config.addinivalue_line("markers", "depth: goes deeper with --thorough")
    settings.load_profile(THOROUGH if config.getoption("thorough") else SAMPLE)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if config.getoption("thorough"):
        deep = [item for item in items if item.get_closest_marker("depth")]
        shallow = [item for item in items if not item.get_closest_marker("depth")]
        config.hook.pytest_deselected(items=shallow)
        items[:] = deep
