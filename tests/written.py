"""What the tests of written answers share: a bridge to ask about, and a model on loopback."""

from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial

from conftest import UnitWords, news, split_words
from scripted_server import sentence

from rag.answering.quoting import ExtractiveAnswerer
from rag.answering.writer import ModelAnswerer
from rag.chain import ArticleChat
from rag.checking.check import check
from rag.checking.claim import LocatedQuote, Verdict
from rag.checking.guard.trust import withdraw_support
from rag.language.lexicon import load_lexicon, parse_lexicon
from rag.models.chat import load_chat_model
from rag.models.chat_stream import Bounds
from rag.question.carrying import carry_over
from rag.question.question import read_question
from rag.retrieval.documents import read_documents
from rag.retrieval.retriever import ArticleRetriever
from vectorstore import build_store

NAME = "openai:scripted"
QUESTION = "Wann öffnet die neue Brücke über die Lahn?"
OPENS = "Die neue Brücke über die Lahn öffnet im Oktober."
COSTS = "Die Brücke kostet nicht 12, sondern 14 Millionen Euro."
BRIDGE = replace(
    news("bruecke.md", f"{OPENS} {COSTS} Das Wetter war schön.", date="2024"), title="Brücke"
)
TRUE = sentence("Sie öffnet im Oktober.", (1, "öffnet im Oktober"))
DEAR = sentence("Sie kostet 14 Millionen.", (1, "14 Millionen Euro"))
WEAK = sentence("Sie öffnet vielleicht.", (1, "öffnet im Oktober"))
LOOSE = sentence("Alle freuen sich.", (1, "große Freude"))


def verbatim(claim, passages, question):
    """Judge by hand, but for what speaks instead of reporting."""
    verdict = find_verbatim(claim, passages)
    return withdraw_support(claim, verdict, passages, question, load_lexicon())


def find_verbatim(claim, passages):
    """Judge by hand: words that are there bear a sentence out unless it says "vielleicht"."""
    found = []
    for quote in claim.quotes:
        passage = passages[quote.passage - 1]
        at = passage.text.find(quote.words)
        if at >= 0:
            start = passage.passage.start + at
            found.append(LocatedQuote(quote.passage, start, start + len(quote.words)))
    if not found:
        return Verdict("unsupported", (), "the quoted words are not in the passage")
    if "vielleicht" in claim.text:
        return Verdict("weak", tuple(found), "it says vielleicht")
    return Verdict("supported", tuple(found), "")


def load(server, *, structured=True, seconds=20):
    """Load the scripted model through the real client, with or without JSON schemas."""
    model = load_chat_model(NAME, base_url=server.url, timeout=seconds)
    return model.model_copy(update={"profile": {"structured_output": structured}})


@contextmanager
def bridge_store(folder):
    """Give a store that holds the bridge and nothing else."""
    with closing(build_store(folder, UnitWords(), embedding_name="words")) as store:
        store.add([(BRIDGE, split_words(BRIDGE))])
        yield store


def retriever(store, words):
    return ArticleRetriever(store=store, lexicon=parse_lexicon([]), embeddings=words)


def chat(retriever, answerer, understand=carry_over, embeddings=None):
    """Put a chain together of parts made by hand."""
    scored = partial(
        read_documents, embeddings=embeddings or UnitWords(), lexicon=parse_lexicon([])
    )
    return ArticleChat(retriever, answerer, read_documents=scored, understand=understand)


def find(store, words, question=QUESTION):
    return retriever(store, words).find(read_question(question))


def quoting(store, words):
    return ExtractiveAnswerer(store.article)


def answerer_for(model, store, words, *, judge=verbatim, read_article=None, **options):
    read = read_article or store.article
    return ModelAnswerer(
        model,
        NAME,
        check=judge,
        extractive=ExtractiveAnswerer(read),
        read_article=read,
        **{"bounds": Bounds(whole=20, silence=20), **options},
    )


def pieces(server, store, words, *, question=QUESTION, structured=True, **options):
    """Ask the scripted model about what the store holds and yield the pieces."""
    answerer = answerer_for(load(server, structured=structured), store, words, **options)
    return answerer.answer(read_question(question), find(store, words, question))


def answer(*asked, **options):
    first, *rest = pieces(*asked, **options)
    return sum(rest, first)


def quoted(store, words, question=QUESTION):
    """Answer without a model."""
    passages = find(store, words, question)
    first, *rest = quoting(store, words).answer(read_question(question), passages)
    return sum(rest, first)


def really(words):
    """Return the real check over embeddings."""
    return partial(check, embeddings=words, lexicon=load_lexicon())
