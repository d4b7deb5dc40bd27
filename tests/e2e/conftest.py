"""The end-to-end test runs by `make e2e` alone: it starts engines and takes minutes."""

import os

collect_ignore_glob = [] if os.environ.get("SFN_E2E") else ["test_*.py"]
