"""From files to articles: every format, its encoding, its metadata."""

from rag.reading.files import FORMATS, absolute_path, find_files, read_file

__all__ = ["FORMATS", "absolute_path", "find_files", "read_file"]
