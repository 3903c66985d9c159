// The card of a citation: quote, outlet and date beside its number, on hover and keyboard focus.
// Gradio runs this once with the conversation. Screen readers get the same by aria-describedby.
// The card is no part of the conversation, which is announced when it changes.
{
  const PAUSE = 200; // milliseconds: time to move the pointer from the number to its card
  const card = document.createElement("div");
  card.id = "card";
  card.setAttribute("aria-hidden", "true");
  card.hidden = true;
  document.querySelector(".contain > .column").append(card);
  let waiting;

  function showCard(number) {
    const said = document.getElementById(number.getAttribute("aria-describedby"));
    if (said === null) return;
    clearTimeout(waiting);
    card.replaceChildren(...said.cloneNode(true).childNodes);
    card.hidden = false;
    const at = number.getBoundingClientRect();
    const left = Math.min(at.left, innerWidth - card.offsetWidth - 8);
    const below = at.bottom + 6;
    const fits = below + card.offsetHeight < innerHeight;
    card.style.left = `${Math.max(8, left)}px`;
    card.style.top = `${fits ? below : Math.max(8, at.top - card.offsetHeight - 6)}px`;
  }

  function hideCard() {
    clearTimeout(waiting);
    card.hidden = true;
  }

  function hideCardSoon() {
    clearTimeout(waiting);
    waiting = setTimeout(hideCard, PAUSE);
  }

  const numberAt = (event) => event.target.closest?.("button.number");
  element.addEventListener("pointerover", (event) => {
    if (event.pointerType === "mouse" && numberAt(event)) showCard(numberAt(event));
  });
  element.addEventListener("pointerout", (event) => {
    if (numberAt(event)) hideCardSoon();
  });
  element.addEventListener("focusin", (event) => {
    // Not where a closed article gives the focus back.
    const back = event.relatedTarget?.closest("#panel");
    if (numberAt(event)?.matches(":focus-visible") && !back) showCard(numberAt(event));
  });
  element.addEventListener("focusout", hideCard);
  element.addEventListener("click", hideCard);
  element.addEventListener("scroll", hideCard, { capture: true, passive: true });
  card.addEventListener("pointerenter", () => clearTimeout(waiting));
  card.addEventListener("pointerleave", hideCardSoon);
  // The first Escape takes the card away, the next one closes the article.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || card.hidden) return;
      hideCard();
      event.stopImmediatePropagation();
    },
    { capture: true },
  );
}
