"""The planner that asks a model: typed requests, checked answers, and a plan in any case."""

from .assistant import Assistant, Policy
from .operations import (
    AmendPlan,
    AnalyzeDataset,
    AnalyzeQuery,
    DatasetAnalysis,
    FindDatasets,
    FoundDataset,
    PlanDashboard,
    Planned,
    QueryAnalysis,
    Questions,
    RankDatasets,
    RankedCandidate,
    Ranking,
    SuggestQuestions,
)

__all__ = [
    "AmendPlan",
    "AnalyzeDataset",
    "AnalyzeQuery",
    "Assistant",
    "DatasetAnalysis",
    "FindDatasets",
    "FoundDataset",
    "PlanDashboard",
    "Planned",
    "Policy",
    "QueryAnalysis",
    "Questions",
    "RankDatasets",
    "RankedCandidate",
    "Ranking",
    "SuggestQuestions",
]
