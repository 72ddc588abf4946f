// Before the first paint: "as the system" becomes light or dark.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = root.dataset.theme;
    root.dataset.bsTheme = chosen === "auto" ? (dark.matches ? "dark" : "light") : chosen;
  };
  apply();
  dark.addEventListener("change", () => { apply(); document.dispatchEvent(new Event("themechange")); });
  window.asterismTheme = (choice) => {
    root.dataset.theme = choice;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `asterism_theme=${choice}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    apply();
    document.dispatchEvent(new Event("themechange"));
  };
})();
