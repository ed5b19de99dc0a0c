"""Dashwright: questions in, live dashboards out."""
