"""Conversations that stay: on disk, at addresses of their own, listed in the history."""
