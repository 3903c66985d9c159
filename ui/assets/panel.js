// Behaviour of the source panel: scroll to the marked sentence, mark the pressed number, close by
// button, Escape or Back, return focus. Gradio runs this once, with `element`, `props` and `watch`.

const narrow = matchMedia("(max-width: 900px)");
let opener = null;
let opening;
let shown = {}; // turn and citation of the open article
let pending = false; // an article was asked for and is not here yet
let cancelled = false; // the person went back before it came: it must not open
let returning = false; // the article was closed, and its entry of the history is being left

// A source is opened from the conversation or the list of articles; closing it returns focus there.
document.addEventListener("click", (event) => {
  const openers = "#conversation [data-citation], #listing [data-article], #kept .open";
  const button = event.target.closest?.(openers);
  if (!button) return;
  opener = button;
  [pending, cancelled] = [true, false];
  // At once, so that Back takes back the press even while the article is on its way.
  if (!isEntry()) history.pushState({ article: true }, "");
});

element.addEventListener("click", (event) => {
  if (event.target.closest(".close")) leave();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !(pending || element.querySelector(".source"))) return;
  event.preventDefault(); // the list below stays
  leave();
});

// An open article is an entry of the history, so that Back closes it and stays on the page.
const isEntry = () => history.state?.article === true;
if (isEntry()) history.replaceState(null, "");

addEventListener("popstate", () => {
  if (returning) {
    returning = false;
    // Another one was asked for meanwhile.
    if (pending && !isEntry()) history.pushState({ article: true }, "");
  } else if (pending || element.querySelector(".source")) close();
});

function leave() {
  close();
  if (!isEntry()) return;
  returning = true;
  history.back();
}

function close() {
  [pending, cancelled] = [false, cancelled || pending];
  const focused = document.activeElement;
  const away = focused !== document.body && !element.contains(focused);
  props.value = element.querySelector(".no-source").outerHTML;
  shown = {};
  opening = undefined;
  markPressed();
  coverChat(false);
  const back = opener;
  opener = null;
  if (away || !back?.isConnected) return;
  back.focus();
  // The list of articles is hidden until the article is gone.
  if (document.activeElement !== back) setTimeout(() => back.focus());
}

// On a phone the panel covers the conversation, which must not take focus meanwhile.
function coverChat(covered) {
  covered ||= document.getElementById("side").hasAttribute("data-browsing");
  covered ||= document.getElementById("page").hasAttribute("data-kept");
  for (const id of ["chat", "header"]) {
    document.getElementById(id).inert = covered && narrow.matches;
  }
}

narrow.addEventListener("change", () => coverChat(element.querySelector(".source") !== null));

// The conversation is drawn anew with each piece of an answer, and its marks with it.
function markPressed() {
  for (const button of document.querySelectorAll("#conversation [data-citation]")) {
    const pressed = button.dataset.turn === shown.turn && button.dataset.citation === shown.citation;
    const said = String(pressed);
    if (button.getAttribute("aria-pressed") !== said) button.setAttribute("aria-pressed", said);
  }
}

// Zoomed to 400 %, the tools scroll with the article.
function scrollerOf(scroll) {
  return getComputedStyle(scroll).overflowY === "visible" ? scroll.closest(".source") : scroll;
}

const redrawn = new MutationObserver(markPressed);

watch("value", () => {
  const arrived = element.querySelector(".source")?.dataset.opening;
  if (arrived !== undefined && cancelled) return close();
  if (arrived !== undefined && arrived !== opening) pending = false;
  const scroll = element.querySelector(".scroll");
  coverChat(scroll !== null);
  shown = { ...element.querySelector(".source")?.dataset };
  markPressed();
  // Not earlier: the conversation may come to the page after this script.
  redrawn.observe(document.getElementById("conversation"), {
    subtree: true,
    childList: true,
    attributeFilter: ["aria-pressed", "data-turn", "data-citation"],
  });
  // In another language, the same opening comes again.
  if (shown.opening === opening) return;
  opening = shown.opening;
  if (scroll === null) return;
  if (!isEntry()) history.pushState({ article: true }, "");
  if (!element.contains(document.activeElement)) scroll.focus({ preventScroll: true });
  const scroller = scrollerOf(scroll);
  const mark = scroller.querySelector("#cited");
  if (mark === null) {
    scroller.scrollTop = 0;
    return;
  }
  // A third from the top, so that the sentences before it are in view too; the whole head, if the
  // sentence is in view below it.
  const box = mark.getBoundingClientRect();
  const place = box.top - scroller.getBoundingClientRect().top + scroller.scrollTop;
  const high = place + box.height < 0.8 * scroller.clientHeight;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroller.scrollTo({
    top: high ? 0 : place - scroller.clientHeight / 3,
    behavior: calm ? "auto" : "smooth",
  });
});
