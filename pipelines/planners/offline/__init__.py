"""The offline planner: a question and a profile become a plan by named rules, without any network or model service."""

from .amending import amend
from .asked import Asked
from .asking import understand
from .drawing_up import explain, plan

__all__ = ["Asked", "amend", "explain", "plan", "understand"]
