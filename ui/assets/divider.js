// The divider between the conversation and what is beside it: dragged, or moved by arrow keys. Its
// place is kept in the browser. Gradio runs this once with the panel.
{
  const KEY = "article-chat-divider";
  const [LEAST, USUAL, MOST, STEP] = [30, 55, 70, 2]; // percent of the page, for the conversation
  const page = document.getElementById("page");
  const divider = document.createElement("div");
  divider.id = "divider";
  divider.tabIndex = 0;
  const said = {
    role: "separator",
    "aria-orientation": "vertical",
    "aria-controls": "chat",
    "aria-valuemin": LEAST,
    "aria-valuemax": MOST,
  };
  for (const [name, value] of Object.entries(said)) divider.setAttribute(name, value);
  let share;

  function put(wanted) {
    share = Math.min(MOST, Math.max(LEAST, wanted));
    page.style.setProperty("--conversation", `${share}%`);
    divider.setAttribute("aria-valuenow", Math.round(share));
  }

  function keep() {
    try {
      localStorage.setItem(KEY, share.toFixed(1));
    } catch {
      // The browser keeps nothing for this site: it holds until the page is closed.
    }
  }

  function recall() {
    try {
      return Number(localStorage.getItem(KEY)) || USUAL;
    } catch {
      return USUAL;
    }
  }

  function speak() {
    const name = document.querySelector("#header header")?.dataset.divider;
    if (name) divider.setAttribute("aria-label", name);
  }

  divider.addEventListener("keydown", (event) => {
    const to = { ArrowLeft: share - STEP, ArrowRight: share + STEP, Home: LEAST, End: MOST };
    if (to[event.key] === undefined) return;
    event.preventDefault();
    put(to[event.key]);
    keep();
  });

  divider.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    divider.setPointerCapture(event.pointerId);
  });

  divider.addEventListener("pointermove", (event) => {
    if (!divider.hasPointerCapture(event.pointerId)) return;
    const { left, width } = page.getBoundingClientRect();
    put(((event.clientX - left) / width) * 100);
  });

  divider.addEventListener("lostpointercapture", keep);

  divider.addEventListener("dblclick", () => {
    put(USUAL);
    keep();
  });

  put(recall());
  speak();
  new MutationObserver(speak).observe(document.documentElement, { attributeFilter: ["lang"] });
  page.insertBefore(divider, document.getElementById("side"));
}
