// A press on the button in the hint, which undoes what it tells of. Gradio runs this once.

element.addEventListener("click", (event) => {
  if (event.target.closest("button")) trigger("click");
});
