"""Accounts: who somebody is, and how they prove it; what opens a dashboard without an account."""
