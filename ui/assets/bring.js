// Behaviour of bringing articles in: the dialog, files that are dropped or chosen, and the header,
// which follows the index. Gradio runs this once with the header, with `element` and `trigger`.
{
  const BUSY = 700; // milliseconds between two looks while something is indexed
  const IDLE = 5000;
  const dialog = document.createElement("dialog");
  dialog.id = "bring";
  dialog.setAttribute("aria-labelledby", "bring-title");
  document.querySelector(".contain > .column").append(dialog);
  const part = (name) => dialog.querySelector(name);
  const address = (rest = {}) =>
    `/uploads?${new URLSearchParams({ language: root.lang, ...rest })}`;
  let editable = false;
  let edition;
  let refused = []; // names of files that were not taken, and why
  let sending = ""; // the line on the file on its way
  let looking;

  async function look() {
    clearTimeout(looking);
    let state = {};
    try {
      const answer = await fetch(address());
      if (answer.ok) state = await answer.json();
    } catch {
      // The server is down; Gradio says so.
    }
    if (state.edition !== undefined) show(state);
    const soon = state.running || (dialog.open && sending !== "");
    looking = setTimeout(look, document.hidden ? 6 * IDLE : soon ? BUSY : IDLE);
  }

  function show(state) {
    editable = state.editable;
    for (const id of ["header", "conversation"])
      document.getElementById(id).toggleAttribute("data-editable", editable);
    if (edition !== undefined && edition !== state.edition) {
      trigger("input");
      document.dispatchEvent(new CustomEvent("articles-changed"));
    }
    edition = state.edition;
    if (!editable || part(".standing") === null) return;
    write(".standing", (node) => (node.textContent = sending || state.standing), sending || state.standing);
    write(".files", (node) => fill(node, state.files), state.files);
    report(state.report);
    const bar = part("progress");
    bar.hidden = !state.running && sending === "";
    if (state.done && sending === "") [bar.value, bar.max] = [state.done[0], state.done[1] || 1];
    else bar.removeAttribute("value");
  }

  // What is the same is not written again, so that focus stays and nothing is announced twice.
  const written = {};
  function write(name, change, value) {
    if (written[name] === value) return;
    written[name] = value;
    change(part(name));
  }

  let reported = "";
  function report(said = reported) {
    reported = said;
    const lines = refused.map(([name, why]) => [`${name}: ${why}`]);
    write(
      ".report",
      (node) => {
        node.innerHTML = said; // escaped by the server
        for (const [line] of lines) {
          const row = document.createElement("p");
          row.className = "error";
          row.dir = "auto";
          row.textContent = line;
          node.append(row);
        }
      },
      JSON.stringify([said, lines]),
    );
  }

  function fill(list, files) {
    const place = [...list.children].indexOf(document.activeElement?.closest("#bring li"));
    const asked = list.querySelector(".sure:not([hidden])")?.closest("li").dataset.name;
    list.innerHTML = files; // escaped by the server
    const row = [...list.children].find((one) => one.dataset.name === asked);
    if (row && asked !== undefined) ask(row, true);
    else if (place >= 0) {
      const next = list.children[Math.min(place, list.children.length - 1)];
      (next?.querySelector(".remove") ?? part(".choose")).focus();
    }
  }

  async function open() {
    if (!editable) return;
    if (part(".bring-inner")?.lang !== root.lang) {
      const answer = await fetch(`/uploads/dialog?language=${root.lang}`);
      if (!answer.ok) return;
      dialog.innerHTML = await answer.text();
      for (const name of Object.keys(written)) delete written[name];
    }
    if (!dialog.open) {
      dialog.showModal();
      part(".choose").focus();
    }
    await look();
  }

  function ask(row, sure) {
    row.querySelector(".sure").hidden = !sure;
    row.querySelector(".remove").hidden = sure;
    row.querySelector(sure ? ".no" : ".remove").focus();
  }

  async function remove(row) {
    const name = row.dataset.name;
    try {
      const answer = await fetch(address({ name }), { method: "DELETE" });
      refused = answer.ok ? [] : [[name, (await answer.json()).error]];
    } catch {
      refused = [[name, part(".bring-inner").dataset.unsent]];
    }
    ask(row, false);
    report();
    await look();
  }

  // One after the other: the server takes each whole, or not at all.
  let queue = Promise.resolve();
  async function send(files) {
    await open();
    if (!dialog.open) return;
    refused = [];
    const words = part(".bring-inner").dataset;
    queue = queue.then(async () => {
      for (const [at, file] of files.entries()) {
        sending = words.sending
          .replace("{number}", at + 1)
          .replace("{count}", files.length)
          .replace("{name}", () => file.name);
        look();
        const why = await put(file, words);
        if (why) refused.push([file.name, why]);
        report();
      }
      sending = "";
      await look();
    });
    await queue;
  }

  async function put(file, words) {
    // Said here, because a browser that is refused half-way does not read why.
    const known = part("input").accept.split(",");
    if (!known.some((suffix) => file.name.toLowerCase().endsWith(suffix))) return words.format;
    if (file.size > Number(words.largest)) return words.large;
    try {
      const answer = await fetch(address({ name: file.name }), { method: "POST", body: file });
      return answer.ok ? "" : (await answer.json()).error;
    } catch {
      return words.unsent;
    }
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#header .bring, #conversation .bring")) open();
  });

  dialog.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (event.target.closest(".close")) dialog.close();
    else if (event.target.closest(".choose")) part("input").click();
    else if (event.target.closest(".remove")) ask(row, true);
    else if (event.target.closest(".no")) ask(row, false);
    else if (event.target.closest(".yes")) remove(row);
  });

  dialog.addEventListener("change", (event) => {
    const files = [...event.target.files];
    event.target.value = ""; // the same file can be chosen again
    send(files);
  });

  // Escape takes back the question before a removal, then closes the dialog, never an article.
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    const asked = part(".sure:not([hidden])");
    if (asked === null) return;
    event.preventDefault();
    ask(asked.closest("li"), false);
  });

  // Files can be dropped anywhere on the page.
  const carries = (event) => editable && event.dataTransfer?.types.includes("Files");
  let depth = 0;
  function light(by) {
    depth = by === 0 ? 0 : Math.max(0, depth + by);
    for (const part of [root, dialog]) part.toggleAttribute("data-dropping", depth > 0);
  }
  for (const [name, by] of [["dragenter", 1], ["dragleave", -1], ["dragover", null], ["drop", 0]]) {
    addEventListener(
      name,
      async (event) => {
        if (!carries(event)) return;
        event.preventDefault();
        event.stopPropagation();
        if (by !== null) light(by);
        if (name === "drop") send(await unpack(event.dataTransfer));
      },
      { capture: true },
    );
  }

  // A folder is what is in it, but for hidden files, as in the command.
  async function unpack(carried) {
    const entries = [...carried.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    if (entries.length === 0) return [...carried.files];
    const files = [];
    while (entries.length > 0) {
      const entry = entries.shift();
      if (entry.isFile) files.push(await new Promise((done, no) => entry.file(done, no)));
      else {
        const reader = entry.createReader();
        const read = () => new Promise((done, no) => reader.readEntries(done, no));
        for (let some = await read(); some.length > 0; some = await read())
          entries.push(...some.filter((one) => !one.name.startsWith(".")));
      }
    }
    return files;
  }

  // The conversation may come to the page after this script.
  function begin() {
    if (document.getElementById("conversation") === null) {
      setTimeout(begin, 50);
      return;
    }
    document.addEventListener("visibilitychange", () => document.hidden || look());
    look();
  }
  begin();
}
