"""These tests run by `make browser` alone: they need Node and what npm installs."""

import os

collect_ignore_glob = [] if os.environ.get("SFN_BROWSER_TESTS") else ["test_*.py"]
