"""The step *read*: files in any state become typed tables in Parquet, with every repair told."""

from .step import read

__all__ = ["read"]
