"""The demo's report takes half a minute to be made again: `make browser` holds pictures to it."""

import os

collect_ignore_glob = [] if os.environ.get("SFN_BROWSER_TESTS") else ["test_stale.py"]
