"""What list, search and the admin read, at a million appointments.

The plans' rows are counted, not their time: a clock also shows what else runs.
"""

import pytest

# In one worker, which adds the rows once.
IN_ONE_WORKER = pytest.mark.xdist_group("a million")
