"""`sfn-digest doctor`: tries everything a digest needs, and says what to do about what is missing.

It only reads, posts nothing, and shows no secret.
"""

from sfn_digest.doctor.command import run
from sfn_digest.doctor.result import Check, Status

__all__ = ["Check", "Status", "run"]
