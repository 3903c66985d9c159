// Behaviour of the source panel: scroll to the marked sentence, close, return focus.
// Gradio runs this once, with `element`, `props` and `watch`.

const narrow = matchMedia("(max-width: 900px)");
let opener = null;
let opening = "";

// A source is opened from the conversation; closing it returns focus there.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#conversation [data-citation]");
  if (button) opener = button;
});

element.addEventListener("click", (event) => {
  if (event.target.closest(".close")) close();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && element.querySelector(".source")) close();
});

function close() {
  props.value = element.querySelector(".no-source").outerHTML;
  coverChat(false);
  if (opener?.isConnected) opener.focus();
  opener = null;
}

// On a phone the panel covers the conversation, which must not take focus meanwhile.
function coverChat(covered) {
  for (const id of ["chat", "header"]) {
    document.getElementById(id).inert = covered && narrow.matches;
  }
}

narrow.addEventListener("change", () => coverChat(element.querySelector(".source") !== null));

watch("value", () => {
  const scroller = element.querySelector(".scroll");
  coverChat(scroller !== null);
  // In another language, the same opening comes again.
  const shown = element.querySelector(".source")?.dataset.opening ?? "";
  if (shown === opening) return;
  opening = shown;
  if (scroller === null) return;
  scroller.focus({ preventScroll: true });
  const mark = scroller.querySelector("#cited");
  if (mark === null) {
    scroller.scrollTop = 0;
    return;
  }
  // A third from the top, so that the sentences before it are in view too.
  const distance = mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroller.scrollTo({
    top: scroller.scrollTop + distance - scroller.clientHeight / 3,
    behavior: calm ? "auto" : "smooth",
  });
});
