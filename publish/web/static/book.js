"use strict";
// On a phone the side bar opens at the reader's place; a copy button has a name.
document.addEventListener("DOMContentLoaded", () => {
  const bar = "#pst-primary-sidebar-modal";
  const here = () => document.querySelector(`${bar} a.current, ${bar} .current > a`);
  document.querySelector(".primary-toggle")?.addEventListener("click", () => {
    setTimeout(() => here()?.scrollIntoView({ block: "center" }), 100);
  });
  for (const button of document.querySelectorAll("button.copybtn")) button.ariaLabel = "Copy";
});

// Paper is white.
{
  const root = document.documentElement;
  let before;
  window.addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.theme = "light";
  });
  window.addEventListener("afterprint", () => {
    root.dataset.theme = before;
  });
}
