"use strict";
// Lists that are searched while typing get the name that their field has: select2 gives them none.
{
  const nameOf = (select) => select?.getAttribute("aria-label") ?? select?.labels?.[0]?.textContent.trim() ?? "";

  const nameList = (list) => {
    const select = list.closest(".select2")?.previousElementSibling;
    const name = nameOf(select);
    if (!name || !select.id) return;
    list.id = `${select.id}-list`;
    list.setAttribute("aria-label", name);
    // Its name, and what is chosen.
    list.setAttribute("aria-labelledby", `${list.id} select2-${select.id}-container`);
    // The text of what is chosen, and no field within the field.
    const chosen = list.querySelector(".select2-selection__rendered");
    chosen?.removeAttribute("role");
    chosen?.removeAttribute("aria-readonly");
  };

  const nameSearch = (field) => {
    const open = document.querySelector(".select2-container--open .select2-selection");
    field.setAttribute("aria-label", open?.getAttribute("aria-label") ?? "");
    document.querySelectorAll(".select2-results__options").forEach((options) => {
      options.setAttribute("aria-label", open?.getAttribute("aria-label") ?? "");
    });
  };

  const nameWithin = (part) => {
    part.querySelectorAll(".select2-selection").forEach(nameList);
    part.querySelectorAll(".select2-search__field").forEach(nameSearch);
  };

  new MutationObserver((changes) => {
    changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => {
      if (node.nodeType === Node.ELEMENT_NODE) nameWithin(node.parentElement ?? node);
    }));
  }).observe(document.documentElement, { childList: true, subtree: true });
}
