"""Passwords: who may see the page, its addresses, its API and its MCP server."""
