// Behaviour of the place: the page's address and title are those of the conversation shown; New,
// an entry of the history and the browser's Back lead to another one. Gradio runs this once.

const site = "Article Chat";
const PATIENCE = 5000; // milliseconds after which an answer that did not come is waited for no more
const place = () => element.querySelector("[data-conversation]")?.dataset ?? {};
const inAddress = () => new URLSearchParams(location.search).get("conversation") ?? "";
let going = null; // the conversation that was asked for, until it is shown
let visits = 0; // how often the server was asked for one
let busy = false; // whether it has not answered yet
let next = null; // what it is asked for then
let at = inAddress(); // the conversation in the address before it changes
let ask = null; // asks the question that was sent meanwhile
// The one shown last; null until that of the address is shown.
let before = inAddress() ? null : "";

function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(name, { detail }));
}

function go(id, again = false, query = "") {
  const wanted = { conversation: id, again, query };
  if (!again) {
    // Two asked for in quick succession: what comes of the first one is not shown.
    if (going !== null) document.getElementById("page").dataset.going = "";
    going = id;
    ask = null;
    tell("conversation-sought", { to: id });
  }
  // The server holds what this tab shows, so that the last answer must be to the last question.
  if (!busy) send(wanted);
  else if (!again) next = wanted;
}

function send(wanted) {
  busy = true;
  next = null;
  visits += 1;
  trigger("select", { ...wanted, visit: visits });
  const mine = visits;
  setTimeout(() => mine === visits && end(), PATIENCE);
}

// The server has answered, or did not for long: tell whether it is asked for another one.
function end() {
  busy = false;
  const another = next !== null;
  if (another) send(next);
  return another;
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

// A step of the history may only close an article or the list.
addEventListener("popstate", () => {
  const left = at;
  at = inAddress();
  if (at !== left && at !== (going ?? place().conversation)) go(at, false, location.search);
});

watch("value", () => {
  const { conversation, title, waits, visit } = place();
  const answered = Number(visit) === visits;
  if (going !== null && !answered) return; // drawn for something else
  if (answered && busy && end()) return;
  delete document.getElementById("page").dataset.going;
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
  at = inAddress();
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
