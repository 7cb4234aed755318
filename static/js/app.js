"use strict";
// What every page has: addresses without what was left empty, menus that close again, and paper.
{
  document.addEventListener("htmx:configRequest", ({ detail }) => {
    [...detail.formData].forEach(([name, value]) => {
      if (value === "") detail.formData.delete(name);
    });
  });

  const closeMenus = (but) => {
    document.querySelectorAll(".site-nav details[open]").forEach((menu) => {
      if (menu !== but) menu.open = false;
    });
  };

  document.addEventListener("click", ({ target }) => {
    closeMenus(target.closest(".site-nav details"));
    if (target.closest("[data-print]")) window.print();
  });
  // The heads of further sheets stand on the root, which stays as it was when a filter changes the page.
  document.addEventListener("htmx:afterSettle", () => {
    const words = ["h1", ".paper-asked"].map((part) => document.querySelector(part)?.textContent.trim());
    document.documentElement.dataset.paper = words.filter(Boolean).join(" · ");
    document.documentElement.dataset.stamp = document.querySelector(".paper-stamp")?.textContent.trim() ?? "";
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    const open = document.querySelector(".site-nav details[open]");
    closeMenus(null);
    open?.querySelector("summary").focus();
  });
}
