// Behaviour of the header: the language of the document, and the switch between languages.
// Gradio runs this once, with `element`, `trigger` and `watch`.

const root = document.documentElement;

// Gradio sets the browser's language, which need not be that of the words.
function speak() {
  const language = element.querySelector("header").dataset.language;
  if (root.lang !== language) root.lang = language;
}

speak();
watch("value", speak);
new MutationObserver(speak).observe(root, { attributes: true, attributeFilter: ["lang"] });

element.addEventListener("click", (event) => {
  const language = event.target.closest(".language")?.dataset.language;
  if (language === undefined) return;
  // Cookies are shared by all ports of a host, hence the long name; a year in seconds.
  document.cookie = `article-chat-language=${language}; path=/; max-age=31536000; samesite=strict`;
  const { turn = -1, citation = -1, opening = 0, article = "" } =
    document.querySelector("#panel .source")?.dataset ?? {};
  trigger("select", { language, turn, citation, opening, article });
});
