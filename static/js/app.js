"use strict";
// What every page has: addresses without what was left empty, and menus that close again.
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

  document.addEventListener("click", ({ target }) => closeMenus(target.closest(".site-nav details")));
  document.addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    const open = document.querySelector(".site-nav details[open]");
    closeMenus(null);
    open?.querySelector("summary").focus();
  });
}
