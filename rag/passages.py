"""Splitting an article into passages: whole sentences, as many as the embedding model reads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from rag.sentences import split_sentences
from vectorstore import Article, Passage, Span

CountTokens = Callable[[Sequence[str]], list[int]]


def split_article(
    article: Article, *, count_tokens: CountTokens, max_tokens: int, overlap: int = 1
) -> list[Passage]:
    """Return the passages of an article, in the order of its text.

    A passage holds whole sentences of one clutter-free stretch of the body and has, with the
    title before it, at most `max_tokens` tokens; the last `overlap` sentences of a passage begin
    the next one where they fit. A sentence that is too long alone is cut between words.
    """
    room = max_tokens - count_tokens([article.title + "\n"])[0]
    if room < max_tokens // 2:
        # A title of half the model's window would leave passages of a few words; the model
        # truncates its reading of such a passage instead.
        room = max_tokens // 2
    passages: list[Passage] = []
    for start, end in article.body:
        sentences = split_sentences(article.text, start, end)
        pieces = _fitting(article.text, sentences, count_tokens, room)
        for first, last in _windows([tokens for _, tokens in pieces], room, overlap):
            spans = tuple(span for span, _ in pieces[first:last])
            passages.append(Passage(article, spans[0][0], spans[-1][1], spans))
    return passages


def build_splitter(
    count_tokens: CountTokens, max_tokens: int
) -> Callable[[Article], list[Passage]]:
    """Return `split_article` for one embedding model."""
    return partial(split_article, count_tokens=count_tokens, max_tokens=max_tokens)


def _windows(tokens: Sequence[int], room: int, overlap: int) -> list[tuple[int, int]]:
    """Return the half-open ranges of sentences that make a passage."""
    windows: list[tuple[int, int]] = []
    first = 0
    while first < len(tokens):
        last, used = first, 0
        while last < len(tokens) and (last == first or used + tokens[last] <= room):
            used += tokens[last]
            last += 1
        windows.append((first, last))
        if last == len(tokens):
            break
        # Go back for the overlap, but only as far as the next new sentence still fits.
        first = last
        back = 0
        while first - 1 > windows[-1][0] and last - first < overlap:
            back += tokens[first - 1]
            if back + tokens[last] > room:
                break
            first -= 1
    return windows


def _fitting(
    text: str, sentences: Sequence[Span], count_tokens: CountTokens, room: int
) -> list[tuple[Span, int]]:
    """Return sentences with their tokens, those of more than `room` cut between words."""
    counts = count_tokens([text[start:end] for start, end in sentences])
    pieces: list[tuple[Span, int]] = []
    for (start, end), tokens in zip(sentences, counts, strict=True):
        if tokens <= room:
            pieces.append(((start, end), tokens))
        else:
            pieces.extend(_cut(text, start, end, count_tokens, room))
    return pieces


def _cut(
    text: str, start: int, end: int, count_tokens: CountTokens, room: int
) -> list[tuple[Span, int]]:
    """Cut one over-long sentence into pieces of at most `room` tokens, at spaces if there are."""
    # Tokens are at least a character long, so `room` characters always fit; larger steps are
    # tried first, and the step shrinks only where the text is dense.
    pieces: list[tuple[Span, int]] = []
    while start < end:
        size = min(end - start, room * 4)
        while True:
            stop = _word_end(text, start, start + size, end)
            tokens = count_tokens([text[start:stop]])[0]
            if tokens <= room or size <= room // 2:
                break
            size = size * 3 // 4
        pieces.append(((start, stop), tokens))
        start = stop
        while start < end and text[start].isspace():
            start += 1
    return pieces


def _word_end(text: str, start: int, stop: int, end: int) -> int:
    if stop >= end:
        return end
    space = max(text.rfind(" ", start + 1, stop + 1), text.rfind("\n", start + 1, stop + 1))
    return space if space > start else stop
