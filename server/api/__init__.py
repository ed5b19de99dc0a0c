"""The REST API: what the command line can do, over HTTP. Each route is declared once, in `resources`."""
