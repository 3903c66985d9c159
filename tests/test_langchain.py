"""The chain and the retriever as LangChain's users use them."""

import asyncio
import json
import threading

import pytest
from click.testing import CliRunner
from conftest import ROOT, UnitWords, news
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.chat_history import InMemoryChatMessageHistory
from langchain_core.documents import Document
from langchain_core.load import dumpd
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnablePassthrough
from langchain_core.runnables.history import RunnableWithMessageHistory
from langchain_core.tracers.run_collector import RunCollectorCallbackHandler
from langchain_core.vectorstores import InMemoryVectorStore
from scripted_server import pausing, saying, serving
from written import DEAR, TRUE, answerer_for, bridge_store, chat, load, retriever

from rag import build_chain, to_message
from rag.errors import BadQuestion
from rag.question.conversation import Earlier
from rag.question.messages import read_history
from ui.cli import main
from vectorstore import Filter

OPENS = "Die neue Brücke über die Lahn öffnet im Oktober."
COSTS = "Die Brücke kostet 14 Millionen Euro."
QUESTION = "Wann öffnet die neue Brücke über die Lahn?"
TEXT = f"{OPENS} {COSTS} Das Wetter war schön."
# Of other retrievers: all that their documents are expected to have.
SOURCE = {"source": "https://bote.example/bruecke", "title": "Die Brücke"}


@pytest.fixture
def chain(fill, words):
    return build_chain(retriever(fill(news("a.md", TEXT)), words))


class Given(BaseRetriever):
    """Finds the documents it was given, whatever is asked."""

    documents: list[Document]

    def _get_relevant_documents(self, query, *, run_manager):
        return self.documents


def over(*documents):
    return build_chain(Given(documents=list(documents)), embeddings=UnitWords())


def said(answer):
    return answer.question, answer.found, answer.text, answer.citations


# Input and output


def test_a_question_alone_may_be_a_plain_string(chain):
    assert said(chain.invoke(QUESTION)) == said(chain.invoke({"question": QUESTION}))


def test_an_input_without_a_question_is_named():
    with pytest.raises(BadQuestion, match='give it as {"question": "…"}'):
        over().invoke({"chat_history": []})


def test_the_schemas_say_what_goes_in_and_what_comes_out(chain):
    text, given = chain.get_input_jsonschema()["anyOf"]
    assert text == {"type": "string"}
    schema = chain.get_input_jsonschema()["$defs"][given["$ref"].split("/")[-1]]
    assert schema["required"] == ["question"]
    assert list(schema["properties"]) == ["question", "chat_history", "filter"]
    chain.get_input_schema().model_validate({"question": "Wann?", "chat_history": [("ai", "Nie.")]})
    answer = chain.get_output_jsonschema()["$defs"]["Answer"]["properties"]
    assert {"found", "sentences", "citations", "nearest"} <= set(answer)
    assert chain.get_name() == "article_chat"


# Sync and async


def test_every_way_to_ask_gives_the_same_answer(chain):
    expected = said(chain.invoke(QUESTION))

    async def ask():
        pieces = [piece async for piece in chain.astream(QUESTION)]
        return (await chain.ainvoke(QUESTION), *await chain.abatch([QUESTION]), total(pieces))

    answers = [*chain.batch([QUESTION, QUESTION]), total(chain.stream(QUESTION))]
    assert {said(answer) for answer in (*answers, *asyncio.run(ask()))} == {expected}


def total(pieces):
    first, *rest = pieces
    return sum(rest, first)


async def test_events_show_the_question_the_passages_and_each_piece(chain):
    events = [event async for event in chain.astream_events(QUESTION, version="v2")]
    assert {event["name"] for event in events} == {"article_chat", "ArticleRetriever"}
    assert events[0]["data"] == {"input": QUESTION}
    [found] = [event for event in events if event["event"] == "on_retriever_end"]
    assert [document.page_content for document in found["data"]["output"]] == [TEXT]
    pieces = [event["data"]["chunk"] for event in events if event["event"] == "on_chain_stream"]
    assert said(total(pieces)) == said(chain.invoke(QUESTION))
    assert said(events[-1]["data"]["output"]) == said(total(pieces))


async def test_a_stream_that_is_left_closes_the_request_to_the_model(tmp_path, words):
    with bridge_store(tmp_path) as store, serving(pausing(threading.Event(), TRUE, DEAR)) as server:
        asked = chat(retriever(store, words), answerer_for(load(server), store, words))
        stream = asked.astream(QUESTION)
        assert (await anext(stream)).sentences[0].text == TRUE["text"]
        assert not server.left.is_set()
        await stream.aclose()
        assert server.left.wait(10)


async def test_a_task_that_is_cancelled_closes_the_request_to_the_model(tmp_path, words):
    with bridge_store(tmp_path) as store, serving(pausing(threading.Event(), TRUE, DEAR)) as server:
        asked = chat(retriever(store, words), answerer_for(load(server), store, words))
        task = asyncio.create_task(asked.ainvoke(QUESTION))
        assert await asyncio.to_thread(server.asked.wait, 10)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert server.left.wait(10)


# Callbacks and tracing


class Runs(BaseCallbackHandler):
    def __init__(self):
        self.started = []

    def on_chain_start(self, serialized, inputs, **kwargs):
        self.started.append((kwargs["name"], inputs))


@pytest.mark.parametrize("ask", ["invoke", "stream"])
def test_a_trace_shows_question_passages_and_answer(chain, ask):
    collector = RunCollectorCallbackHandler()
    asked = {"question": QUESTION, "chat_history": []}
    made = getattr(chain, ask)(asked, {"callbacks": [collector]})
    answer = made if ask == "invoke" else total(made)
    [run] = collector.traced_runs
    assert (run.name, run.inputs, said(run.outputs["output"])) == (
        *("article_chat", asked),
        said(answer),
    )
    [found] = run.child_runs
    assert (found.name, found.run_type, found.inputs) == (
        *("ArticleRetriever", "retriever"),
        {"query": QUESTION},
    )
    assert [document.page_content for document in found.outputs["documents"]] == [TEXT]


def test_callbacks_are_told_the_question_when_the_chain_starts(chain):
    runs = Runs()
    chain.with_config(run_name="ask").invoke({"question": QUESTION}, {"callbacks": [runs]})
    assert runs.started == [("ask", {"question": QUESTION})]


# The conversation


def test_the_history_may_be_turns_messages_pairs_or_dicts():
    turn = Earlier("Was verspricht der Vertrag?", "Hilfe.")
    same = [
        [turn],
        [HumanMessage(turn.question), AIMessage(turn.answer)],
        [("human", turn.question), ("ai", turn.answer)],
        [
            {"role": "user", "content": turn.question},
            {"role": "assistant", "content": turn.answer},
        ],
        [("system", "Be brief."), turn.question, ("ai", turn.answer)],
    ]
    assert [read_history(given) for given in same] == [[turn]] * len(same)
    assert read_history([("ai", "Wie kann ich helfen?"), *same[1], ("human", "Und?")]) == [
        turn,
        Earlier("Und?", ""),
    ]


def test_a_follow_up_is_understood_after_messages(chain):
    history = [HumanMessage("Wann öffnet die Brücke?"), AIMessage("Im Oktober.")]
    made = chain.invoke({"question": "Und was kostet sie?", "chat_history": history})
    assert made.standalone == "Brücke: Und was kostet sie?"


def test_an_answer_comes_back_from_a_message_with_its_numbers(chain):
    first = chain.invoke(QUESTION)
    message = AIMessage.model_validate_json(to_message(first).model_dump_json())
    assert message.text == first.text
    [turn] = read_history([HumanMessage(QUESTION), message])
    assert turn == Earlier(QUESTION, first.text, citations=first.citations)


# LangChain advises LangGraph for this now, but the class is still in wide use.
@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainDeprecationWarning")
def test_it_runs_with_message_history(chain):
    memory = InMemoryChatMessageHistory()
    talk = RunnableWithMessageHistory(
        chain | to_message,
        lambda session_id: memory,
        input_messages_key="question",
        history_messages_key="chat_history",
    )
    config = {"configurable": {"session_id": "1"}}
    talk.invoke({"question": "Wann öffnet die neue Brücke über die Lahn?"}, config)
    talk.invoke({"question": "Und was kostet sie?"}, config)
    assert [message.type for message in memory.messages] == ["human", "ai", "human", "ai"]
    before, after = (read_history(memory.messages[:2]), read_history(memory.messages)[1:])
    assert after[0].standalone.endswith(": Und was kostet sie?")
    numbers = {one.quote: one.number for one in before[0].citations}
    assert numbers
    assert {**{one.quote: one.number for one in after[0].citations}, **numbers}.items() >= {
        (one.quote, one.number) for one in after[0].citations
    }


# Other retrievers in our chain


def test_another_retrievers_document_is_quoted_verbatim_and_cited_by_its_metadata():
    made = over(Document(TEXT, metadata=SOURCE)).invoke(QUESTION)
    assert made.found
    assert made.best.quote == OPENS == TEXT[made.best.start : made.best.end]
    assert (made.best.title, made.best.source, made.best.path, made.best.language) == (
        *("Die Brücke", "https://bote.example/bruecke", "https://bote.example/bruecke"),
        "de",
    )


def test_documents_without_metadata_and_without_text_are_no_error():
    made = over(Document(TEXT), Document(""), Document(" \n")).invoke(QUESTION)
    assert made.best.quote == OPENS
    assert over(Document("")).invoke(QUESTION).found is False


def test_two_documents_of_one_source_are_cited_apart():
    other = f"Vorab. {OPENS.replace('Oktober', 'November')}"
    made = over(Document(TEXT, metadata=SOURCE), Document(other, metadata=SOURCE)).invoke(QUESTION)
    assert len({citation.article for citation in made.citations}) == 2
    for citation in made.citations:
        [text] = [text for text in (TEXT, other) if citation.quote in text]
        assert text[citation.start : citation.end] == citation.quote


def test_a_document_that_names_its_place_in_a_stored_article_is_cited_there(fill, words):
    article = news("a.md", f"Vorab.\n\n{TEXT}", date="2024-03-18")
    store = fill(article)
    metadata = {"article": article.id, "start": 8}
    found = Given(documents=[Document(TEXT, metadata=metadata)])
    best = build_chain(found, store=store, embeddings=words).invoke(QUESTION).best
    assert (best.article, best.date, best.start) == (article.id, "2024-03-18", 8)
    assert article.text[best.start : best.end] == best.quote == OPENS
    # Of other text at that place nothing is claimed.
    found.documents[0].metadata["start"] = 9
    best = build_chain(found, store=store, embeddings=words).invoke(QUESTION).best
    assert best.article != article.id


def test_the_stores_own_plain_retriever_can_be_put_in(fill, words):
    store = fill(news("a.md", TEXT, source="Bote"), news("b.md", f"Kurz: {TEXT}"))
    found = store.as_retriever(k=1, filter=Filter(sources=["Bote"]))
    made = build_chain(found, store=store, embeddings=words).invoke(QUESTION)
    assert (made.best.path, made.best.quote) == ("/news/a.md", OPENS)


def test_what_other_retrievers_find_is_refused_if_it_does_not_answer():
    made = over(Document("Die Fähre fährt.", metadata=SOURCE)).invoke("Quarks zyxwv?")
    assert not made.found
    assert [near.quote for near in made.nearest] == ["Die Fähre fährt."]


def test_the_store_that_langchains_pages_begin_with_can_be_put_in():
    store = InMemoryVectorStore(UnitWords())
    store.add_documents([Document(TEXT, metadata=SOURCE), Document("Die Fähre fährt.")])
    chain = build_chain(store.as_retriever(search_kwargs={"k": 1}), embeddings=UnitWords())
    assert chain.invoke(QUESTION).best.quote == OPENS


def test_documents_of_two_retrievers_are_ranked_together(fill, words):
    ours = retriever(fill(news("a.md", f"{COSTS} Es regnet.")), words)
    both = [*ours.invoke(QUESTION), Document(OPENS, metadata=SOURCE)]
    made = build_chain(Given(documents=both), embeddings=UnitWords()).invoke(QUESTION)
    assert made.best.quote == OPENS
    assert made.best.source == SOURCE["source"]


def test_a_chat_model_writes_from_other_retrievers_documents(tmp_path, words):
    documents = [Document(TEXT, metadata=SOURCE)]
    with serving(saying(TRUE)) as server:
        made = build_chain(
            Given(documents=documents), model=load(server), model_name="openai:x", embeddings=words
        ).invoke(QUESTION)
    assert made.model == "openai:x"
    assert made.citations[0].quote == "öffnet im Oktober"


# Our retriever in other chains


def test_the_metadata_can_be_saved_and_the_document_loaded_again(fill, words):
    [document] = retriever(fill(news("a.md", TEXT, source="Bote")), words).invoke(QUESTION)
    assert json.loads(json.dumps(document.metadata)) == document.metadata
    assert document.id == document.passage.passage.id
    saved = dumpd(document)
    assert saved["id"] == [*Document.get_lc_namespace(), "Document"]
    assert set(saved["kwargs"]) == {"id", "page_content", "metadata", "type"}


def test_our_retriever_works_in_a_chain_of_others(fill, words):
    def format_docs(documents):
        return "\n\n".join(f"{one.metadata['path']}: {one.page_content}" for one in documents)

    prompt = ChatPromptTemplate.from_template("{context}\n\n{question}")
    found = retriever(fill(news("a.md", TEXT)), words)
    chain = {"context": found | format_docs, "question": RunnablePassthrough()} | prompt
    assert chain.invoke(QUESTION).to_string() == f"Human: /news/a.md: {TEXT}\n\n{QUESTION}"


def test_the_chain_is_a_step_of_a_longer_one(chain):
    longer = {"question": RunnablePassthrough(), "chat_history": lambda _: []} | chain | to_message
    assert longer.invoke(QUESTION).text == chain.invoke(QUESTION).text
    assert total(longer.stream(QUESTION)).text == chain.invoke(QUESTION).text


def test_the_ten_lines_of_the_docs_open_the_index_and_ask_it(here, capsys):
    section = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8").split("## In Python")[1]
    lines = section.split("```python\n")[1].split("```")[0]
    assert len(lines.splitlines()) == 10
    (here / "treaty.txt").write_text("The treaty promises mutual aid if one side is attacked.")
    made = CliRunner().invoke(main, ["index", "treaty.txt"])
    assert made.exit_code == 0, made.output
    names = {}
    exec(lines, names)
    names["store"].close()
    assert names["chain"].name == "article_chat"
    assert "The treaty promises mutual aid if one side is attacked. [1]" in capsys.readouterr().out
