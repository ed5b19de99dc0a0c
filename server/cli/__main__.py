"""``python -m dashwright.server.cli``."""

from . import main

main()
