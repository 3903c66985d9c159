// A question that is half typed is kept in the browser, for each conversation, until it is asked.
// Gradio runs this once with the conversation.
{
  const field = () => document.querySelector("#question textarea");
  const person = () => document.querySelector("#place [data-person]")?.dataset.person ?? "";
  const shown = () => document.querySelector("#place [data-conversation]")?.dataset.conversation;
  const key = (id) => `article-chat-draft:${person()}:${id ?? ""}`;

  function keep(id, text) {
    try {
      if (text) localStorage.setItem(key(id), text);
      else localStorage.removeItem(key(id));
    } catch {
      // The browser keeps nothing for this site, or no more.
    }
  }

  function bring(id) {
    let text = "";
    try {
      text = localStorage.getItem(key(id)) ?? "";
    } catch {
      return;
    }
    if (field().value === text) return;
    field().value = text;
    field().dispatchEvent(new Event("input", { bubbles: true }));
  }

  let id; // of the conversation that the box belongs to; unknown until the page is drawn
  document.addEventListener("input", (event) => {
    if (event.target === field() && id !== undefined) keep(id, event.target.value);
  });

  function move(to) {
    if (id !== undefined) keep(id, field().value);
    id = to;
    bring(id);
  }

  document.addEventListener("conversation-sought", ({ detail }) => move(detail.to));

  document.addEventListener("conversation-shown", ({ detail }) => {
    if (detail.to === id) return;
    if (!detail.begun) return move(detail.to);
    // The first question was asked: what is typed by now is of the conversation that it began.
    keep(id, "");
    id = detail.to;
    keep(id, field().value);
  });

  onDrawn(() => {
    // Gradio empties the box without an event, after it has drawn the conversation.
    setTimeout(() => {
      if (id === undefined) {
        id = shown() ?? "";
        if (!field().value) bring(id);
        else keep(id, field().value); // typed before the page was drawn
      } else if (!field().value) {
        keep(id, "");
      }
    }, 50);
  });
}
