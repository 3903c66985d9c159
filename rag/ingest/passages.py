"""Splitting an article into passages: whole sentences, as many as the embedding model reads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from rag.ingest.sentences import split_sentences
from vectorstore import Article, Passage, Span

CountTokens = Callable[[Sequence[str]], list[int]]

# A token is taken to be at most this long. A word of more than 100 characters is one token to
# BERT's tokenizer, so without it a megabyte of base64 was a passage.
_WIDEST = 20


def split_article(
    article: Article, *, count_tokens: CountTokens, max_tokens: int, overlap: int = 1
) -> list[Passage]:
    """Return the passages of an article, in the order of its text.

    A passage holds whole sentences of one clutter-free stretch of the body and has, with the
    heading before it, at most `max_tokens` tokens; the last `overlap` sentences of a passage
    begin the next one where they fit. A sentence that is too long alone is cut between words.
    """
    weigh = partial(_weigh, count_tokens)
    heading, limit = article.heading, max_tokens
    room = max_tokens - count_tokens([heading])[0]
    if room < max_tokens // 2:
        # Beside a title of half the window passages would be a few words long: rather have the
        # model cut them off.
        heading, room, limit = "", max_tokens // 2, max_tokens // 2
    passages: list[Passage] = []
    for start, end in article.body:
        sentences = split_sentences(article.text, start, end)
        aim = room
        while True:
            found = [
                Passage(article, spans[0][0], spans[-1][1], spans)
                for spans in _group(article.text, sentences, weigh, aim, overlap)
            ]
            # To some tokenizers a text is more tokens than its parts.
            most = max(weigh([heading + passage.text for passage in found]), default=0)
            if most <= limit or aim == 1:
                break
            aim = max(1, aim - (most - limit))
        passages.extend(found)
    return passages


def build_splitter(
    count_tokens: CountTokens, max_tokens: int
) -> Callable[[Article], list[Passage]]:
    """Return `split_article` for one embedding model."""
    return partial(split_article, count_tokens=count_tokens, max_tokens=max_tokens)


def _weigh(count_tokens: CountTokens, texts: Sequence[str]) -> list[int]:
    counts = count_tokens(texts)
    return [
        max(tokens, -(-len(text) // _WIDEST)) for text, tokens in zip(texts, counts, strict=True)
    ]


def _group(
    text: str, sentences: Sequence[Span], weigh: CountTokens, room: int, overlap: int
) -> Iterator[tuple[Span, ...]]:
    """Yield the sentences of each passage."""
    pieces, alone = _fitting(text, sentences, weigh, room)
    if not pieces:
        return
    ends = [start for start, _ in pieces[1:]] + [pieces[-1][1]]
    joined = weigh([text[start:end] for (start, _), end in zip(pieces, ends, strict=True)])
    for first, last in _windows(alone, joined, room, overlap):
        yield tuple(pieces[first:last])


def _windows(
    alone: Sequence[int], joined: Sequence[int], room: int, overlap: int
) -> list[tuple[int, int]]:
    """Return the half-open ranges of sentences that make a passage.

    A sentence weighs `joined` where another one follows it, else `alone`.
    """
    windows: list[tuple[int, int]] = []
    first = 0
    while first < len(alone):
        last, used = first, 0
        while last < len(alone) and (last == first or used + alone[last] <= room):
            used += joined[last]
            last += 1
        windows.append((first, last))
        if last == len(alone):
            break
        # Go back for the overlap, but only as far as the next new sentence still fits.
        first = last
        back = 0
        while first - 1 > windows[-1][0] and last - first < overlap:
            back += joined[first - 1]
            if back + alone[last] > room:
                break
            first -= 1
    return windows


def _fitting(
    text: str, sentences: Sequence[Span], weigh: CountTokens, room: int
) -> tuple[list[Span], list[int]]:
    """Return sentences, those of more than `room` tokens cut between words, and their tokens."""
    tokens = weigh([text[start:end] for start, end in sentences])
    if max(tokens, default=0) <= room:
        return list(sentences), tokens
    pieces: list[Span] = []
    for (start, end), count in zip(sentences, tokens, strict=True):
        pieces.extend([(start, end)] if count <= room else _cut(text, start, end, weigh, room))
    return pieces, weigh([text[start:end] for start, end in pieces])


def _cut(text: str, start: int, end: int, weigh: CountTokens, room: int) -> Iterator[Span]:
    """Cut one over-long sentence into pieces of at most `room` tokens, at spaces if there are.

    A single character is never cut, even if it is more tokens than that.
    """
    while start < end:
        # Rarely do more than four characters share a token; smaller steps follow where they don't.
        size = room * 4
        while True:
            stop = _word_end(text, start, start + size, end)
            if stop - start == 1 or weigh([text[start:stop]])[0] <= room:
                break
            size = (stop - start) * 3 // 4
        yield start, stop
        start = stop
        while start < end and text[start].isspace():
            start += 1


def _word_end(text: str, start: int, stop: int, end: int) -> int:
    """Return where the last word ends that is whole in `text[start:stop]`, else `stop`."""
    if stop >= end:
        return end
    if text[stop].isspace():
        return start + len(text[start:stop].rstrip())
    words = text[start:stop].rsplit(None, 1)
    return start + len(words[0]) if len(words) == 2 else stop
