// The tools of an open article: steps through the answer's quotes, and finding words in the text.
// Gradio runs this once with the panel, after panel.js.
{
  let stepping = null; // the label of the pressed step, which gets the focus back

  element.addEventListener("click", (event) => {
    const step = event.target.closest(".step");
    if (step === null) return;
    stepping = step.getAttribute("aria-label");
    const { toTurn, to } = step.dataset;
    document
      .querySelector(`#conversation [data-turn="${toTurn}"][data-citation="${to}"]`)
      ?.click();
  });

  const box = () => element.querySelector(".find");
  let places = [];
  let at = -1;

  element.addEventListener("input", (event) => {
    if (event.target === box()) find();
  });

  element.addEventListener("keydown", (event) => {
    if (event.target !== box()) return;
    if (event.key === "Enter") {
      event.preventDefault();
      go(at + (event.shiftKey ? -1 : 1));
    } else if (event.key === "Escape" && box().value) {
      // The first Escape ends finding, the next one closes the article.
      event.stopPropagation();
      event.preventDefault();
      box().value = "";
      find();
    }
  });

  // The text may be cut by marks anywhere, so words are found in the whole and traced to nodes.
  function find() {
    const text = element.querySelector(".text");
    const sought = box().value.trim().replace(/\s+/g, " ");
    places = [];
    at = -1;
    if (text !== null && sought) {
      const nodes = [];
      const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
      let length = 0;
      while (walker.nextNode()) {
        nodes.push([length, walker.currentNode]);
        length += walker.currentNode.length;
      }
      const words = sought.split(" ").map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
      for (const { index, 0: found } of text.textContent.matchAll(
        new RegExp(words.join("\\s+"), "giu"),
      )) {
        const range = document.createRange();
        range.setStart(...placeOf(nodes, index));
        range.setEnd(...placeOf(nodes, index + found.length, true));
        places.push(range);
      }
    }
    go(0);
  }

  function placeOf(nodes, offset, end = false) {
    let low = 0;
    for (let high = nodes.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      const before = end ? nodes[middle][0] < offset : nodes[middle][0] <= offset;
      if (before) low = middle;
      else high = middle - 1;
    }
    return [nodes[low][1], offset - nodes[low][0]];
  }

  function go(to) {
    const total = places.length;
    at = total ? (to + total) % total : -1;
    const said = box().dataset.found.replace("{number}", at + 1).replace("{total}", total);
    element.querySelector(".found").textContent = box().value.trim() ? said : "";
    box().setAttribute("aria-invalid", String(Boolean(box().value.trim()) && !total));
    mark();
    if (!total) return;
    const range = places[at];
    const folded = range.startContainer.parentElement.closest("details:not([open])");
    if (folded) folded.open = true;
    const scroller = scrollerOf(element.querySelector(".scroll"));
    const from = range.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    if (from < 0 || from > scroller.clientHeight - 40) {
      scroller.scrollTop += from - scroller.clientHeight / 3;
    }
  }

  // Marked without a change of the text, which stays what the article is.
  function mark() {
    if (typeof Highlight === "undefined") {
      if (at >= 0) {
        getSelection().removeAllRanges();
        getSelection().addRange(places[at]);
      }
      return;
    }
    CSS.highlights.set("found", new Highlight(...places));
    CSS.highlights.set("found-here", new Highlight(...(at < 0 ? [] : [places[at]])));
  }

  let last;
  watch("value", () => {
    const number = element.querySelector(".source")?.dataset.opening;
    if (number === last) return;
    last = number;
    places = [];
    at = -1;
    mark();
    // Another article comes with an empty box.
    if (box() !== null) {
      box().value = "";
      element.querySelector(".found").textContent = "";
    }
    if (stepping !== null) {
      const steps = [...element.querySelectorAll(".step")];
      const pressed = steps.find((step) => step.getAttribute("aria-label") === stepping);
      (pressed?.disabled ? steps.find((step) => !step.disabled) : pressed)?.focus();
      stepping = null;
    }
  });
}
