"""What pyproject.toml cannot say: the top of the checkout comes along as `mnistviz/top/`."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["mnistviz*"]), "mnistviz.top"],
    # Its one module is app.py; what else comes along is in pyproject.toml, as package data.
    package_dir={"mnistviz.top": "."},
    # So that this file does not count as a module of it, whoever builds.
    script_name="setup.py",
)
