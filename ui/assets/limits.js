// Behaviour of the limits: chips that can be taken away, and their place in the page's address.
// Gradio runs this once, with `element`, `trigger` and `watch`.

const KEYS = ["from", "to", "source", "language", "article"];
const PATIENCE = 5000; // milliseconds after which an answer that did not come is waited for no more
let wanted = null; // the limits asked for last, until they are drawn
let sent = null; // those that the server draws now
let count = 0; // how often it was asked to
// Until the row is drawn, the limits are those of the address.
const drawn = () => element.querySelector(".limits")?.dataset;
const asked = () => wanted ?? drawn()?.query ?? location.search;

// Ticks are quicker than the server: it draws one change after the other, and the last one counts.
function limit(query) {
  wanted = query;
  if (sent === null) send();
}

function send() {
  sent = wanted;
  count += 1;
  trigger("select", { query: sent, count });
  const mine = count;
  setTimeout(() => mine === count && (sent = wanted = null), PATIENCE);
}

const conversation = () => new URLSearchParams(location.search).get("conversation") ?? "";

// The conversation's address keeps its other parameters, and the history its entries. While
// another conversation comes to the page, the address may still be that of the one before.
function writeAddress() {
  if (drawn()?.conversation !== conversation()) return;
  const address = new URL(location.href);
  for (const key of KEYS) address.searchParams.delete(key);
  for (const [key, value] of new URLSearchParams(asked())) address.searchParams.append(key, value);
  if (address.href !== location.href) history.replaceState(history.state, "", address);
}

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.classList.contains("drop")) {
    // The pressed button goes: the focus moves on to the question.
    document.querySelector("#question textarea")?.focus({ preventScroll: true });
    limit(button.dataset.query);
  } else if (button?.classList.contains("browse")) {
    document.dispatchEvent(new CustomEvent("browse"));
  }
});

// The list of articles sets limits too.
document.addEventListener("limit", (event) => {
  const query = new URLSearchParams(asked());
  for (const [key, values] of Object.entries(event.detail)) {
    query.delete(key);
    for (const value of values) query.append(key, value);
  }
  limit(query.toString());
});

function show() {
  const answered = Number(drawn().count) === count;
  if (wanted !== null && !answered) return; // drawn for something else
  const more = wanted !== null && wanted !== sent;
  sent = null;
  if (more) return send();
  wanted = null;
  writeAddress();
  document.dispatchEvent(new CustomEvent("limited", { detail: asked() }));
}
watch("value", show);
if (drawn()) show(); // drawn before this script ran
// An older entry of the history has an older address: that of another conversation counts, that of
// an article that was opened does not.
addEventListener("popstate", writeAddress);
document.addEventListener("conversation-shown", writeAddress);

// In another language, the chips are drawn anew.
new MutationObserver(() => limit(asked())).observe(document.documentElement, {
  attributeFilter: ["lang"],
});
