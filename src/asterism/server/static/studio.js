// The audience studio: text and clicks say the same, and the size follows every key.
(() => {
  const studio = document.getElementById("studio");
  if (!studio) return;
  const vocabulary = JSON.parse(studio.dataset.vocabulary);
  const words = JSON.parse(studio.dataset.words);
  const [area, shade, proposals, problemBox] = ["expression", "shade", "proposals", "problems"].map((id) => document.getElementById(id));
  const names = new Map(vocabulary.tags.map((tag) => [tag.name, tag]));
  const KEYWORDS = /^(AND|OR|NOT|IN|BETWEEN|LIKE|IS|NULL|TRUE|FALSE|DATE|IN_SEGMENT)$/i;
  const TOKENS = /('(?:[^']|'')*'?)|(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(\s+)|([\s\S])/g;
  let problems = [];
  let asked = 0;
  let lastText = null;

  const builder = new window.asterismBuilder(document.getElementById("builder"), vocabulary, words, async (tree) => {
    const answer = await window.asterismFetch("/audiences/text", { tree });
    const found = await answer.json();
    if (found.problems.length) return showProblems(found.problems);
    area.value = found.text === "TRUE" ? "" : found.text;
    paint();
    measure(false);
  });

  const offsetOf = (problem) => {
    const lines = area.value.split("\n");
    return lines.slice(0, problem.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + problem.column - 1;
  };
  const endOf = (start, problem) => {
    if (problem.length && area.value.slice(start, start + problem.length).length) return start + problem.length;
    const rest = /^(\w+|'[^']*'?|\S)/.exec(area.value.slice(start));
    return start + (rest ? rest[0].length : 1);
  };

  const paint = () => {
    const wrong = problems.filter((p) => p.line).map((p) => { const start = offsetOf(p); return [start, endOf(start, p)]; });
    shade.replaceChildren();
    for (const match of area.value.matchAll(TOKENS)) {
      const [text, quoted, number, word] = match;
      const piece = document.createElement("span");
      if (quoted) piece.className = "s";
      else if (number) piece.className = "n";
      else if (word && KEYWORDS.test(word)) piece.className = "k";
      else if (word && names.has(word)) { piece.className = "t"; piece.title = names.get(word).title; }
      if (wrong.some(([start, end]) => match.index < end && match.index + text.length > start)) piece.classList.add("wrong");
      piece.textContent = text;
      shade.append(piece);
    }
    shade.append("\n");
    shade.scrollTop = area.scrollTop;
  };

  const button = (text, className, act) => {
    const made = document.createElement("button");
    made.type = "button"; made.className = className; made.textContent = text;
    made.addEventListener("click", act);
    return made;
  };
  const showProblems = (found) => {
    problems = found;
    problemBox.replaceChildren(...found.map((problem) => {
      const line = document.createElement("div");
      line.className = "row-line small";
      const place = document.createElement("span"); place.className = "mono faint"; place.textContent = problem.where;
      const text = document.createElement("span"); text.className = "bad"; text.textContent = problem.message;
      line.append(place, text);
      if (problem.replacement) line.append(button(words.replace.replace("{name}", problem.replacement), "chip on", () => {
        const start = offsetOf(problem);
        area.setRangeText(problem.replacement, start, endOf(start, problem), "end");
        area.focus(); changed();
      }));
      return line;
    }));
    paint();
  };

  const current = () => {
    const before = area.value.slice(0, area.selectionStart);
    return /[A-Za-z_][A-Za-z0-9_]*$/.exec(before)?.[0] || "";
  };
  const propose = () => {
    const word = current().toLowerCase();
    const quoted = (area.value.slice(0, area.selectionStart).match(/'/g) || []).length % 2 === 1;
    const fits = quoted || word.length < 2 || names.has(word) || KEYWORDS.test(word) ? [] : vocabulary.tags.filter((tag) => tag.name.includes(word) || tag.title.toLowerCase().includes(word)).sort((a, b) => a.name.indexOf(word) - b.name.indexOf(word)).slice(0, 6);
    proposals.replaceChildren(...fits.map((tag) => {
      const chip = button(tag.name, "chip mono", () => accept(tag.name));
      const title = document.createElement("span"); title.className = "faint"; title.textContent = ` ${tag.title}`;
      chip.append(title);
      return chip;
    }));
    return fits;
  };
  const accept = (name) => {
    const end = area.selectionStart;
    area.setRangeText(name, end - current().length, end, "end");
    area.focus(); changed();
  };

  const label = document.getElementById("count");
  const show = (found) => {
    showProblems(found.problems);
    if (found.problems.length) { label.classList.add("faint"); return; }
    label.classList.remove("faint");
    label.textContent = found.written;
    document.getElementById("sentence").textContent = found.sentence;
    document.getElementById("share").setAttribute("width", Math.max(found.share * 100, found.count ? 0.4 : 0));
    const see = document.getElementById("see");
    if (see) see.href = `/customers?audience=${encodeURIComponent(area.value.trim())}`;
    for (const field of document.querySelectorAll("[data-expression]")) field.value = area.value.trim();
    const address = area.value.trim() ? `/audiences?expression=${encodeURIComponent(area.value.trim())}` : "/audiences";
    if (lastText !== null && lastText !== area.value) history.replaceState(null, "", address);
    lastText = area.value;
    clearTimeout(show.later);
    show.later = setTimeout(draw, 300);
  };
  const draw = () => {
    const values = { expression: area.value.trim() };
    htmx.ajax("GET", "/audiences/charts", { target: "#charts", swap: "innerHTML", values });
    const against = [...document.querySelectorAll("#overlap input[name=against]:checked")].map((box) => box.value);
    htmx.ajax("GET", "/audiences/overlap", { target: "#overlap", swap: "innerHTML", values: against.length ? { ...values, against } : values });
  };
  const measure = async (rebuild) => {
    const mine = ++asked;
    const answer = await window.asterismFetch("/audiences/size", { expression: area.value });
    if (mine !== asked || !answer.ok) return;
    const found = await answer.json();
    show(found);
    if (rebuild && !found.problems.length) builder.show(found.tree);
  };
  const changed = () => {
    propose(); paint();
    clearTimeout(changed.later);
    changed.later = setTimeout(() => measure(true), 90);
  };

  area.addEventListener("input", changed);
  area.addEventListener("scroll", () => { shade.scrollTop = area.scrollTop; });
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.shiftKey) return;
    const [first] = propose();
    if (first) { event.preventDefault(); accept(first.name); }
  });
  document.addEventListener("htmx:afterSwap", () => { for (const field of document.querySelectorAll("[data-expression]")) field.value = area.value.trim(); });

  const measured = JSON.parse(studio.dataset.measured);
  builder.show(measured && !measured.problems.length ? measured.tree : null);
  if (measured) show(measured);
})();
