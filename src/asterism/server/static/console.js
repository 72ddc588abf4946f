// Small behaviours that every page shares. No inline handlers: everything is found by attribute.
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);

  document.addEventListener("click", (event) => {
    const theme = event.target.closest("[data-theme-choice]");
    if (theme) window.asterismTheme(theme.dataset.themeChoice);

    const opener = event.target.closest("[data-opens]");
    const side = $("#side");
    if (opener) {
      const open = side.classList.toggle("open");
      opener.setAttribute("aria-expanded", String(open));
    } else if (side && !event.target.closest("#side")) {
      side.classList.remove("open");
    }

    const sure = event.target.closest("[data-confirms]");
    if (sure && !window.confirm(sure.dataset.confirms)) event.preventDefault();

    const sheet = event.target.closest("[data-sheet]");
    if (sheet) document.getElementById(sheet.dataset.sheet)?.showModal();
    if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();

    for (const drop of document.querySelectorAll("details.drop[open]")) {
      if (!drop.contains(event.target)) drop.open = false;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      $("#side")?.classList.remove("open");
      for (const drop of document.querySelectorAll("details.drop[open]")) drop.open = false;
    }
    if (event.key === "/" && !event.target.closest("input, textarea, select")) {
      const find = $(".find input");
      if (find) { event.preventDefault(); find.focus(); }
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
  });

  const say = (text) => {
    const toast = document.createElement("div");
    toast.className = "toast-s";
    toast.setAttribute("role", "status");
    toast.textContent = text;
    document.body.append(toast);
    setTimeout(() => toast.remove(), 5000);
  };
  window.asterismSay = say;

  const busy = (on) => $("#busy")?.classList.toggle("on", on);
  document.addEventListener("htmx:beforeRequest", () => busy(true));
  document.addEventListener("htmx:afterRequest", () => busy(false));
  for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(failure, () => say(document.body.dataset.failed));
  }
  document.addEventListener("htmx:afterSwap", () => window.asterismCharts?.());
  window.asterismFetch = async (address, body) => {
    const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify(body),
    });
    if (answer.status === 401) location.reload();
    return answer;
  };
})();
