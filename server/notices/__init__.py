"""Notices: people and programs are told what became of a dashboard."""
