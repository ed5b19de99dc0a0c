"""``python -m dashwright.server.observing`` prints the table of all metrics."""

import sys

from .catalogue import markdown

sys.stdout.write(markdown())
