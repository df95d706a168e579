"""``python -m acceptance``: run the specification like ``behave``, with reports even if ``environment.py`` fails.

If behave itself cannot read ``environment.py``, it leaves the reports of an earlier run in place.
"""

import sys

from behave.__main__ import run_behave
from behave.configuration import Configuration
from behave.exception import ConfigError
from cucumber_tag_expressions import TagExpressionError

from acceptance.interruption import EXIT_CTRL_C, ignore_signals
from acceptance.running.runner import SpecificationRunner
from acceptance.terminal import print_error


def main() -> int:
    try:
        config = Configuration(sys.argv[1:])
    except (ConfigError, TagExpressionError) as trouble:
        print_error(f"The specification cannot run. {trouble}")
        return 1
    try:
        return int(run_behave(config, runner_class=SpecificationRunner))
    except KeyboardInterrupt:
        ignore_signals()
        print_error("The specification was interrupted before it began.")
        return EXIT_CTRL_C


if __name__ == "__main__":
    sys.exit(main())
