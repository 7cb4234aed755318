"use strict";
// Moves the bar of an import while somebody looks on, and opens its page anew once its state is another.
{
  const place = document.querySelector("[data-progress]");
  const bar = place.querySelector("progress");
  const done = place.querySelector("[data-done]");

  const look = async () => {
    try {
      const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const told = await answer.json();
      if (told.state !== place.dataset.state) {
        window.location.reload();
        return;
      }
      if (told.expected) {
        bar.max = told.expected;
        bar.value = told.done;
      }
      if (done) done.textContent = told.done.toLocaleString("en-US");
    } catch {
      // The server may be busy, or somebody signed out: the page says so when it is opened again.
    }
    window.setTimeout(look, 1000);
  };

  window.setTimeout(look, 1000);
}
