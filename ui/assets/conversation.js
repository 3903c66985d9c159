// Behaviour of the conversation: one listener for all its buttons, and scrolling.
// Gradio runs this once, with `element`, `trigger`, `props` and `watch`. The conversation's HTML
// is replaced in place afterwards, so nothing here may keep a node of it.

element.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button === null) return;
  if (button.dataset.citation !== undefined) {
    trigger("select", {
      turn: Number(button.dataset.turn),
      citation: Number(button.dataset.citation),
    });
  } else if (button.classList.contains("example")) {
    focusQuestion();  // the focused button is about to go
    trigger("click", { question: button.textContent });
  } else if (button.dataset.text !== undefined) {
    copy(button);
  }
});

// A turn takes the place of the one with its number, of all after it, and of the greeting.
document.addEventListener("turn-drawn", ({ detail }) => {
  const held = document.createElement("template");
  held.innerHTML = props.value;
  const log = held.content.querySelector(".log");
  for (const gone of [...log.children].slice(detail.number)) gone.remove();
  log.insertAdjacentHTML("beforeend", detail.turn);
  props.value = held.innerHTML;
  setTimeout(() => element.dispatchEvent(new CustomEvent("drawn"))); // Gradio draws it before that
});

// Gradio calls `watch` for what comes from the server, not for what is put in here.
function onDrawn(callback) {
  watch("value", callback);
  element.addEventListener("drawn", callback);
}

// The permanent addresses in a copied answer, each on a line of its own.
const PLACES = /^( +)(\/article\/[0-9a-f]+\?start=\d+&end=\d+)$/gm;

async function copy(button) {
  const { address } = button.dataset;
  const absolute = address === undefined ? "" : `\n${new URL(address, location.href).href}`;
  const text = button.dataset.text.replace(PLACES, `$1${location.origin}$2`) + absolute;
  let copied = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers have no clipboard interface over plain http from another machine.
    copied = copyBySelection(text);
  }
  const name = button.textContent;
  button.textContent = copied ? button.dataset.copied : button.dataset.failed;
  setTimeout(() => (button.textContent = name), 2000);
}

// Not on touch screens, where the keyboard would cover the answer.
function focusQuestion() {
  if (matchMedia("(pointer: fine)").matches) document.querySelector("#question textarea").focus();
}

function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.style.position = "fixed";
  area.style.opacity = "0";
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  focused?.focus();
  return copied;
}

// A new question moves to the top of the view and stays there while its answer grows, unless the
// person scrolls meanwhile.
let turns = 0;
let following = false;
for (const gesture of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  element.addEventListener(gesture, () => (following = false), { passive: true });
}

onDrawn(() => {
  // The focused button (Ask, Stop, Clear) may be hidden by the new state.
  if (document.activeElement?.getClientRects().length === 0) focusQuestion();
  const all = element.querySelectorAll(".turn");
  const last = all[all.length - 1];
  const asked = last?.getAttribute("aria-busy") === "true" && !last.querySelector(".answer");
  if (all.length > turns || asked) following = true;
  turns = all.length;
  if (last === undefined || !following) return;
  const log = element.querySelector(".log");
  const question = last.querySelector(".question").getBoundingClientRect();
  const away = question.top - log.getBoundingClientRect().top - 16;
  if (getComputedStyle(log).overflowY === "visible") scrollBy(0, question.top - 16);
  else log.scrollTop += away;
});
