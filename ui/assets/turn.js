// The turn that is being answered goes into the conversation, which the page already has: so an
// answer costs bytes for itself only. Gradio runs this once, with `props` and `watch`.

watch("value", () => {
  // Not from the element: Gradio keeps its nodes, and what is in a template with them.
  const held = document.createElement("template");
  held.innerHTML = props.value;
  const drawn = held.content.querySelector("template");
  if (drawn === null) return;
  const detail = { number: Number(drawn.dataset.number), turn: drawn.innerHTML };
  document.dispatchEvent(new CustomEvent("turn-drawn", { detail }));
});
