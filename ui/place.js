// Behaviour of the place: the page's address and title are those of the conversation shown; New,
// an entry of the history and the browser's Back lead to another one. Gradio runs this once.

const site = "Article Chat";
const place = () => element.querySelector("[data-conversation]")?.dataset ?? {};
const inAddress = () => new URLSearchParams(location.search).get("conversation") ?? "";
let going = null; // the conversation that was asked for, until it is shown
let ask = null; // asks the question that was sent meanwhile
// The one shown last; null until that of the address is shown.
let before = inAddress() ? null : "";

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

function go(id, again = false, query = "") {
  if (!again) {
    going = id;
    ask = null;
    tell("conversation-sought", { to: id });
  }
  trigger("select", { conversation: id, again, query });
}

// Until the other conversation is shown, a question would still be asked in this one: it waits.
for (const kind of ["click", "keydown"]) {
  document.addEventListener(
    kind,
    (event) => {
      const asks = kind === "click" ? "#send, #retry, .example" : "#question";
      const enter = event.key === "Enter" && !event.shiftKey && !event.isComposing;
      const pressed = kind === "click" || enter;
      if (going === null || !pressed || !event.target.closest?.(asks)) return;
      event.stopImmediatePropagation();
      event.preventDefault();
      // “Ask again” and the examples belong to what is left.
      if (enter || event.target.closest("#send")) ask = () => document.querySelector("#send").click();
    },
    { capture: true },
  );
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#header a.new, #history a");
  const plain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !plain) return;
  event.preventDefault();
  go(new URL(link.href).searchParams.get("conversation") ?? "");
});

addEventListener("popstate", () => {
  if (inAddress() !== place().conversation) go(inAddress(), false, location.search);
});

watch("value", () => {
  const { conversation, title, waits } = place();
  document.title = title ? `${title} – ${site}` : site;
  if (conversation !== inAddress()) {
    const address = new URL(location);
    // Going elsewhere drops what else is in the address; the first question of a conversation
    // keeps it.
    if (going !== null) address.search = "";
    address.searchParams.delete("conversation");
    if (conversation) address.searchParams.set("conversation", conversation);
    // A conversation that has been cleared is no place to come back to, nor is an article that was
    // open in another conversation.
    const stays = (going === null && !conversation) || history.state?.article === true;
    history[stays ? "replaceState" : "pushState"](null, "", address);
  }
  if (conversation !== before) {
    tell("conversation-shown", { to: conversation, begun: going === null && before === "" });
  }
  before = conversation;
  going = null;
  if (waits === undefined) ask?.();
  ask = null;
  // Another tab waits for an answer here: look again in two seconds.
  if (waits !== undefined) {
    setTimeout(() => place().conversation === conversation && go(conversation, true), 2000);
  }
});

// A laptop that slept for an hour: the server has dropped what it knew of this tab, and the next
// question would begin a conversation of its own. Address and draft bring back all there was.
const HOUR = 3600e3;
let awake = Date.now();
setInterval(() => {
  if (Date.now() - awake > HOUR * 0.9) location.reload();
  awake = Date.now();
}, 60e3);
