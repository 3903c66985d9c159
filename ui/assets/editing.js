// A question can be edited in its place and asked again. Gradio runs this once with the
// conversation, which is drawn anew when the edited question is asked.
{
  element.addEventListener("click", (event) => {
    const button = event.target.closest(".edit");
    if (button) edit(button);
    const cancel = event.target.closest(".edit-form .cancel");
    if (cancel) leave(cancel.form);
  });

  function edit(button) {
    const asked = button.closest(".asked");
    const form = document.querySelector("#place template").content.firstChild.cloneNode(true);
    const field = form.querySelector("textarea");
    form.dataset.turn = button.dataset.turn;
    field.value = button.dataset.question;
    asked.hidden = true;
    asked.after(form);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  function leave(form) {
    const asked = form.previousElementSibling;
    asked.hidden = false;
    form.remove();
    asked.querySelector(".edit").focus();
  }

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const form = event.target;
    const question = form.querySelector("textarea").value;
    if (!question.trim()) return;
    focusQuestion(); // the form is about to go
    trigger("click", { question, turn: Number(form.dataset.turn) });
  });

  element.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".edit-form");
    if (!form) return;
    if (event.key === "Enter" && !event.shiftKey && event.target.matches("textarea")) {
      event.preventDefault();
      form.requestSubmit();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      leave(form);
    }
  });
}
