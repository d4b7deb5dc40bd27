"""The packages of the wheel: sfn_digest, and infra as sfn_digest_cdk with cdk.json beside it.

All else about the distribution stands in pyproject.toml, which cannot say that.
"""

from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py


class BuildWithDefaults(build_py):
    """Copies cdk.json, which holds the settings' defaults, into the package."""

    def run(self) -> None:
        super().run()
        target = Path(self.build_lib) / "sfn_digest_cdk"
        self.copy_file("cdk.json", str(target / "cdk.json"))


setup(
    packages=[*find_packages("lambda_src"), "sfn_digest_cdk"],
    package_dir={"": "lambda_src", "sfn_digest_cdk": "infra"},
    cmdclass={"build_py": BuildWithDefaults},
)
