"""The step *profile*: what is in the tables, in terms a planner and a person can use."""

from .step import profile

__all__ = ["profile"]
