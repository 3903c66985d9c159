// Behaviour of the list of articles: finding while typing, pages, ticks, opening, and the list as a
// sheet over the conversation on narrow screens. Gradio runs this once, with `element`, `trigger`
// and `watch`. The form is an element of its own, so that typing goes on while the list is redrawn.

const PAUSE = 150; // milliseconds after the last key
const PATIENCE = 5000; // milliseconds after which a list that did not come is asked for again
const side = document.getElementById("side");
const narrow = matchMedia("(max-width: 900px)");
let asked = 0;
let waiting = false;
let wanted = null;
let typing;
let page = 0;
let leaf = "0"; // the page that is drawn
let form = true; // the form is drawn at first, and in another language
let chosen = new Set();

const finder = () => document.querySelector("#finder form");

function read() {
  const fields = finder() ? new FormData(finder()) : new FormData();
  const query = new URLSearchParams();
  for (const key of ["from", "to", "source", "language"]) {
    if (fields.get(key)) query.append(key, fields.get(key));
  }
  const words = fields.get("words") ?? "";
  return { words, query: query.toString(), order: fields.get("order") ?? "newest", page, form };
}

// One request at a time: a slow one must not replace the list of a later one.
function find() {
  wanted = read();
  if (waiting) return;
  asked += 1;
  waiting = true;
  trigger("select", { ...wanted, asked });
  wanted = null;
  form = false;
  const mine = asked;
  setTimeout(() => mine === asked && waiting && next(), PATIENCE);
}

function next() {
  waiting = false;
  if (wanted !== null) find();
}

function findFromStart() {
  page = 0;
  find();
}

function limit(detail) {
  document.dispatchEvent(new CustomEvent("limit", { detail }));
}

const root = document.getElementById("finder");
root.addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(findFromStart, event.target.name === "words" ? PAUSE : 0);
});
root.addEventListener("submit", (event) => {
  event.preventDefault();
  findFromStart();
});
root.addEventListener("click", (event) => {
  if (event.target.closest(".leave")) leave();
});

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button === null) return;
  if (button.dataset.article !== undefined) {
    trigger("click", { article: button.dataset.article });
  } else if (button.dataset.page !== undefined) {
    page = Number(button.dataset.page);
    find();
  } else if (button.classList.contains("within")) {
    const query = new URLSearchParams(read().query);
    const keys = ["from", "to", "source", "language"];
    limit(Object.fromEntries(keys.map((key) => [key, query.getAll(key)])));
    if (narrow.matches) leave();
    document.querySelector("#question textarea")?.focus();
  } else if (button.classList.contains("reset")) {
    for (const field of finder().elements) {
      if (field.name && field.name !== "order") field.value = "";
    }
    finder().elements.words.focus();
    findFromStart();
  }
});

element.addEventListener("change", (event) => {
  const tick = event.target.closest(".tick input");
  if (tick === null) return;
  const { most } = element.querySelector(".listing").dataset;
  const full = tick.checked && chosen.size >= Number(most);
  const line = element.querySelector(".full");
  line.textContent = full ? line.dataset.said : "";
  if (full) {
    tick.checked = false;
    return;
  }
  if (tick.checked) chosen.add(tick.value);
  else chosen.delete(tick.value);
  limit({ article: [...chosen] });
});

document.addEventListener("limited", (event) => {
  chosen = new Set(new URLSearchParams(event.detail).getAll("article"));
  markChosen();
});

function markChosen() {
  for (const tick of element.querySelectorAll(".tick input")) {
    tick.checked = chosen.has(tick.value);
  }
}

watch("value", () => {
  const shown = element.querySelector(".listing")?.dataset;
  if (shown === undefined) return;
  const turned = shown.page !== leaf || element.querySelector(".scroll").scrollTop > 0;
  leaf = shown.page;
  markChosen();
  if (turned) {
    element.querySelector(".scroll").scrollTop = 0;
    element.querySelector(".count").scrollIntoView({ block: "nearest" });
  }
  if (Number(shown.asked) === asked) next();
});

// On a narrow screen the list covers the conversation, and Back closes it.
const isEntry = () => history.state?.browsing === true;
if (isEntry()) history.replaceState(null, "");

function cover(covered) {
  side.toggleAttribute("data-browsing", covered);
  for (const id of ["chat", "header"]) {
    document.getElementById(id).inert = covered && narrow.matches;
  }
}

function leave() {
  cover(false);
  if (isEntry()) history.back();
  document.querySelector("#limits .browse")?.focus();
}

document.addEventListener("browse", () => {
  document.querySelector("#panel .close")?.click();
  if (narrow.matches) {
    cover(true);
    if (!isEntry()) history.pushState({ browsing: true }, "");
  }
  finder()?.elements.words.focus();
});
addEventListener("popstate", () => {
  if (side.hasAttribute("data-browsing") && !isEntry()) cover(false);
});
document.addEventListener("keydown", (event) => {
  const open = side.hasAttribute("data-browsing") && !document.querySelector("#panel .source");
  if (event.key === "Escape" && open && !event.defaultPrevented) leave();
});
narrow.addEventListener("change", () => cover(side.hasAttribute("data-browsing")));

// In another language, form and list are drawn anew.
new MutationObserver(() => {
  form = true;
  find();
}).observe(document.documentElement, { attributeFilter: ["lang"] });
// The limits may have been drawn before this script ran.
const limited = document.querySelector("#limits .limits")?.dataset.query ?? "";
chosen = new Set(new URLSearchParams(limited).getAll("article"));
find();
