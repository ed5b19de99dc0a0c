"""The viewer: serves published dashboards, read-only, through Voilà."""
