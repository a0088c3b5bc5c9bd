"use strict";
// Before the first paint, so that a chosen theme does not flash.
(() => {
  const THEMES = ["system", "light", "dark"];
  const stored = () => {
    try {
      return localStorage.getItem("fovea.theme");
    } catch {
      return null; // storage may be forbidden
    }
  };
  let theme = THEMES.includes(stored()) ? stored() : "system";
  const apply = () => {
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById("theme");
    if (button) {
      button.setAttribute("aria-label", `Theme: ${theme}`);
      button.querySelector(".value").textContent = theme;
    }
  };
  apply();
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    document.getElementById("theme")?.addEventListener("click", () => {
      theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
      try {
        localStorage.setItem("fovea.theme", theme);
      } catch {
        // then it holds for this page alone
      }
      apply();
    });
  });
})();
