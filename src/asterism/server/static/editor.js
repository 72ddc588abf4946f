// The strategy editor: what is wrong stands beside its field, and stays true while one writes.
(() => {
  const places = () => [...document.querySelectorAll("[data-at]")];

  // The nearest place on the page for a path such as "offers[0].title.en" or "audience 1:18".
  const placeOf = (where, slots) => {
    const path = where.split(" ")[0];
    const fits = slots.filter((slot) => path === slot.dataset.at || path.startsWith(`${slot.dataset.at}.`) || path.startsWith(`${slot.dataset.at}[`));
    const nearest = fits.sort((a, b) => b.dataset.at.length - a.dataset.at.length)[0];
    return nearest || slots.find((slot) => slot.dataset.at.startsWith(`${path}.`));
  };

  const inputOf = (slot) => slot.closest(".f, li, .part, .group")?.querySelector("input, select, textarea");

  const show = () => {
    const panel = document.getElementById("draft-panel");
    if (!panel) return;
    const slots = places();
    for (const slot of slots) {
      slot.hidden = true;
      slot.textContent = "";
      inputOf(slot)?.removeAttribute("aria-invalid");
    }
    for (const problem of JSON.parse(panel.dataset.problems)) {
      const slot = placeOf(problem.where, slots);
      if (!slot) continue;
      slot.hidden = false;
      slot.textContent += `${slot.textContent ? " " : ""}${problem.message} ${problem.hint}`.trimEnd();
      inputOf(slot)?.setAttribute("aria-invalid", "true");
    }
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-goes]");
    if (!link) return;
    const slot = placeOf(link.dataset.goes, places());
    if (!slot) return;
    event.preventDefault();
    slot.scrollIntoView({ block: "center" });
    inputOf(slot)?.focus({ preventScroll: true });
  });

  // Who leaves in the middle of a word has it kept: the save that was about to start goes along.
  let unsaved = false;
  const form = () => document.getElementById("draft-form");
  document.addEventListener("input", (event) => { if (form()?.contains(event.target)) unsaved = true; });
  document.addEventListener("htmx:beforeRequest", (event) => { if (event.target === form()) unsaved = false; });
  window.addEventListener("pagehide", () => {
    if (!unsaved || !form()) return;
    fetch(form().action, { method: "POST", body: new URLSearchParams(new FormData(form())), keepalive: true, headers: { "HX-Request": "true" } });
  });

  document.addEventListener("htmx:afterSwap", show);
  show();
})();
