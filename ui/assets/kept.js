// The kept quotes: a list beside the conversation, on a phone over it. Keeping, notes, order by
// dragging or arrow keys, export. Gradio runs this once, with `element`, `trigger` and `watch`.

const page = () => document.getElementById("page");
const narrow = matchMedia("(max-width: 900px)");
const notes = new Map(); // what was typed, by key: a list drawn meanwhile must not take it away
let focusKey = null; // the quote whose handle is focused again when it has moved
let removing = null; // the place of the quote that was removed, where the focus goes on

const list = () => element.querySelector("ol");
const entries = () => [...element.querySelectorAll("li[data-key]")];
const opened = () => page().hasAttribute("data-kept");
const isEntry = () => history.state?.kept === true;
if (isEntry()) history.replaceState(null, "");

function manage(action, detail = {}) {
  trigger("select", { action, ...detail });
}

document.addEventListener("keep", ({ detail }) => manage("keep", detail));

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#header button.kept")) (opened() && !isCovered() ? leave : open)();
});

const isCovered = () => document.querySelector("#panel .source") !== null;

function open() {
  document.querySelector("#panel .close")?.click();
  cover(true);
  if (narrow.matches && !isEntry()) history.pushState({ kept: true }, "");
  manage("list");
  element.querySelector("h2")?.focus();
}

function cover(covered) {
  page().toggleAttribute("data-kept", covered);
  document.getElementById("chat").inert = covered && narrow.matches;
  document.querySelector("#header button.kept")?.setAttribute("aria-expanded", String(covered));
}

function leave() {
  cover(false);
  if (isEntry()) history.back();
  document.querySelector("#header button.kept")?.focus();
}

addEventListener("popstate", () => {
  if (opened() && narrow.matches && !isEntry() && !isCovered()) cover(false);
});
narrow.addEventListener("change", () => cover(opened()));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !isCovered() && element.contains(document.activeElement)) leave();
});

document.addEventListener("browse", () => opened() && cover(false));

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button === null) return;
  const { key } = button.dataset;
  if (button.matches(".close")) leave();
  else if (button.matches(".open")) trigger("click", { key: Number(key) });
  else if (button.matches(".undo")) manage("restore", { key: Number(key) });
  else if (button.matches(".remove")) {
    removing = entries().findIndex((entry) => entry.dataset.key === key);
    manage("remove", { key: Number(key) });
  } else if (button.matches(".copy-all")) copyAll(button);
  else if (button.matches(".export")) save();
});

element.addEventListener("input", (event) => {
  if (!event.target.matches("textarea")) return;
  notes.set(event.target.closest("li").dataset.key, event.target.value);
  grow(event.target);
});
element.addEventListener("change", (event) => {
  if (!event.target.matches("textarea")) return;
  const { key } = event.target.closest("li").dataset;
  manage("note", { key: Number(key), note: event.target.value });
});

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

// Export
function compose() {
  const parts = entries()
    .filter((entry) => entry.dataset.markdown !== undefined)
    .map((entry) => {
      const { markdown, address, permanent } = entry.dataset;
      const note = entry.querySelector("textarea").value.trim();
      const link = `[${permanent}](${new URL(address, location.href).href})`;
      return [`${markdown}, ${link}`, note].filter(Boolean).join("\n\n");
    });
  const { name } = element.querySelector(".kept-quotes").dataset;
  return `# ${name}\n\n${parts.join("\n\n")}\n`;
}

async function copyAll(button) {
  let copied = true;
  try {
    await navigator.clipboard.writeText(compose());
  } catch {
    // Browsers have no clipboard interface over plain http from another machine.
    const area = document.createElement("textarea");
    area.value = compose();
    document.body.append(area);
    area.select();
    copied = document.execCommand("copy");
    area.remove();
    button.focus();
  }
  const name = button.textContent;
  button.textContent = copied ? button.dataset.copied : button.dataset.failed;
  setTimeout(() => (button.textContent = name), 2000);
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([compose()], { type: "text/markdown" }));
  link.download = `${new Date().toISOString().slice(0, 10)}-article-chat.md`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Order
element.addEventListener("keydown", (event) => {
  const handle = event.target.closest?.(".move");
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!handle || by === undefined) return;
  event.preventDefault();
  const entry = handle.closest("li");
  move(entry, Math.max(0, Math.min(entries().length - 1, entries().indexOf(entry) + by)));
});

function move(entry, place) {
  focusKey = entry.dataset.key;
  manage("move", { key: Number(focusKey), place });
}

element.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest(".move");
  if (handle === null || event.button) return;
  event.preventDefault();
  handle.focus();
  const entry = handle.closest("li");
  const start = entries().indexOf(entry);
  entry.classList.add("dragged");
  handle.setPointerCapture(event.pointerId);

  function drag({ clientY }) {
    const others = entries().filter((one) => one !== entry);
    const after = others.find((one) => {
      const box = one.getBoundingClientRect();
      return clientY < box.top + box.height / 2;
    });
    if (entry.nextElementSibling !== (after ?? null)) {
      list().insertBefore(entry, after ?? null);
      handle.setPointerCapture(event.pointerId); // lost when the entry is put elsewhere
    }
  }

  function drop() {
    handle.removeEventListener("pointermove", drag);
    entry.classList.remove("dragged");
    const place = entries().indexOf(entry);
    if (place !== start) move(entry, place);
  }

  handle.addEventListener("pointermove", drag);
  handle.addEventListener("pointerup", drop, { once: true });
  handle.addEventListener("pointercancel", drop, { once: true });
});

// Quotes that are kept are marked where they stand, in answers and in the open article.
let places = new Set();
function markKept() {
  for (const button of document.querySelectorAll("#conversation .keep, #panel .keep")) {
    const pressed = String(places.has(button.dataset.place));
    if (button.getAttribute("aria-pressed") !== pressed) {
      button.setAttribute("aria-pressed", pressed);
    }
  }
}
const redrawn = new MutationObserver(markKept);
// The other parts may come to the page after this script and the first list.
function observe() {
  const parts = ["conversation", "panel"].map((id) => document.getElementById(id));
  if (parts.includes(null)) {
    setTimeout(observe, 100);
    return;
  }
  for (const part of parts) {
    redrawn.observe(part, {
      subtree: true,
      childList: true,
      attributeFilter: ["aria-pressed", "data-place"],
    });
  }
  markKept();
}
observe();

watch("value", () => {
  const shown = element.querySelector(".kept-quotes");
  if (shown === null) return;
  places = new Set(entries().map((entry) => entry.dataset.place));
  markKept();
  for (const entry of entries()) {
    const area = entry.querySelector("textarea");
    const typed = notes.get(entry.dataset.key);
    area.value = typed ?? area.defaultValue;
    grow(area);
  }
  if (focusKey !== null) {
    const place = entries().findIndex((entry) => entry.dataset.key === focusKey);
    entries()[place]?.querySelector(".move").focus();
    const said = shown.dataset.moved.replace("{place}", place + 1);
    element.querySelector(".said").textContent = said.replace("{total}", entries().length);
    focusKey = null;
  }
  if (removing !== null) {
    const next = entries()[Math.min(removing, entries().length - 1)];
    (element.querySelector(".undo") ?? next?.querySelector(".remove"))?.focus();
    removing = null;
  }
  const button = document.querySelector("#header button.kept");
  if (button) button.dataset.count = entries().length || "";
});

new MutationObserver(() => manage("list")).observe(document.documentElement, {
  attributeFilter: ["lang"],
});
manage("list");
