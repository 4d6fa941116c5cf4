"""Accounts as pages and commands use them."""

from ivr.runtime.accounts.service import StoredAccounts

__all__ = ["StoredAccounts"]
