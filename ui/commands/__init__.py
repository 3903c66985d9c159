"""The commands of article-chat, a module each, with their options and output."""
