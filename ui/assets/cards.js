// Quote cards: all passages or some, their order, copying with the address, keeping.
// Gradio runs this once with the conversation. What a person chose is remembered here, because the
// conversation is drawn anew with each piece of an answer.
{
  const views = new Map(); // by turn and question: { all, newest }

  const nameOf = (turn) => {
    const all = [...element.querySelectorAll(".turn")];
    return `${all.indexOf(turn)} ${turn.querySelector(".question")?.textContent}`;
  };

  function arrange(list, newest) {
    const cards = [...list.querySelectorAll(":scope > .quoted")];
    const at = (card) => Number(card.dataset.at);
    const sorted = [...cards].sort((one, other) => {
      const [a, b] = [one.dataset.day, other.dataset.day];
      return (newest && a !== b && (a < b ? 1 : -1)) || at(one) - at(other);
    });
    if (sorted.some((card, place) => card !== cards[place])) list.append(...sorted);
  }

  function show(turn) {
    const { all = false, newest = false } = views.get(nameOf(turn)) ?? {};
    const further = turn.querySelector(".further");
    const button = turn.querySelector(".show-all");
    if (further !== null) further.hidden = !all;
    if (button !== null) {
      button.setAttribute("aria-expanded", String(all));
      button.textContent = all ? button.dataset.fewer : button.dataset.all;
    }
    for (const order of turn.querySelectorAll(".order")) {
      order.setAttribute("aria-pressed", String((order.dataset.order === "newest") === newest));
    }
    for (const list of turn.querySelectorAll(".cards")) arrange(list, newest);
  }

  element.addEventListener("click", (event) => {
    const turn = event.target.closest(".turn");
    const button = event.target.closest("button");
    if (turn !== null && button?.matches(".show-all, .order")) {
      const name = nameOf(turn);
      const view = views.get(name) ?? {};
      if (button.matches(".order")) view.newest = button.dataset.order === "newest";
      else view.all = !view.all;
      views.set(name, view);
      show(turn);
    } else if (button?.matches(".keep")) {
      tellKept(button);
    } else if (button === null && !getSelection().toString()) {
      // The name of the article leads where its number does.
      event.target.closest(".quoted .named")?.parentElement.querySelector(".number").click();
    }
  });

  // Quotes are copied and kept from the open article and from the kept ones too.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("#panel button, #kept button");
    if (button?.matches(".keep")) tellKept(button);
    else if (button?.dataset.text !== undefined) copy(button);
  });

  function tellKept({ dataset }) {
    const { turn, position, place } = dataset;
    const detail = { turn: Number(turn), citation: Number(position), place };
    document.dispatchEvent(new CustomEvent("keep", { detail }));
  }

  onDrawn(() => element.querySelectorAll(".turn").forEach(show));
}
