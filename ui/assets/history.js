// Behaviour of the history: opened by its button in the header, closed by Escape, by its own button
// or a press beside it; renaming in place. Gradio runs this once, with `element`, `trigger`, `watch`.

const box = document.getElementById("history");
const opener = () => document.querySelector("#header button.history");
const STEP = 100; // conversations that one press on the last button adds
let limit = STEP;
let opening = false; // the button was pressed, and the list is on its way
let next = null; // finds what takes the focus when the list is drawn anew

function ask(action, id = "", name = "") {
  trigger("select", { action, id, name, limit, offset: new Date().getTimezoneOffset() });
}

function isOpen() {
  return box.dataset.open !== undefined;
}

function open() {
  limit = STEP;
  opening = true;
  next = () => element.querySelector("a[aria-current]") ?? element.querySelector(".entries a");
  ask("list");
}

function close(back = true) {
  opening = false;
  if (!isOpen()) return;
  delete box.dataset.open;
  if (back) opener().focus();
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("#header button.history")) isOpen() ? close() : open();
  else if ((opening || isOpen()) && event.target.isConnected && !box.contains(event.target)) close(false);
});

document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Escape" || !isOpen()) return;
    event.stopImmediatePropagation();
    const form = event.target.closest?.(".rename-form");
    form ? leave(form) : close();
  },
  { capture: true },
);

element.addEventListener("click", (event) => {
  const button = event.target.closest("button, a");
  if (button === null) return;
  const row = button.closest("li");
  const id = row?.dataset.id;
  if (button.matches("a")) close(false);
  else if (button.matches(".close")) close();
  else if (button.matches(".cancel")) leave(button.form);
  else if (button.matches(".rename")) rename(row);
  else if (button.matches(".delete")) {
    next = () => element.querySelector(".undone .undo");
    ask("remove", id);
  } else if (button.matches(".undo")) {
    const { id } = button.dataset;
    next = () => element.querySelector(`li[data-id="${id}"] a`);
    ask("restore", id);
  } else if (button.matches(".more")) {
    const shown = limit;
    limit += STEP;
    next = () => element.querySelectorAll(".entries a")[shown];
    ask("list");
  } else if (button.matches(".sign-out")) signOut();
});

function rename(row) {
  const form = element.querySelector("template").content.firstChild.cloneNode(true);
  const field = form.querySelector("input");
  field.value = row.querySelector("a").textContent;
  for (const part of row.children) part.hidden = true;
  row.append(form);
  field.select();
}

function leave(form) {
  const row = form.closest("li");
  form.remove();
  for (const part of row.children) part.hidden = false;
  row.querySelector(".rename").focus();
}

element.addEventListener("submit", (event) => {
  event.preventDefault();
  const { id } = event.target.closest("li").dataset;
  const name = event.target.querySelector("input").value;
  leave(event.target);
  next = () => element.querySelector(`li[data-id="${id}"] a`);
  ask("rename", id, name);
});

async function signOut() {
  await fetch("/logout", { method: "POST" });
  location.assign("/login");
}

watch("value", () => {
  // A list that comes after the history was closed, as after a new name, does not open it again.
  if (!opening && !isOpen()) return;
  opening = false;
  box.dataset.open = "";
  (next?.() ?? element.querySelector(".close"))?.focus();
  next = null;
});
