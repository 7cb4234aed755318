"use strict";

// Makes a claim of what is selected in a document's text. Places are counted in the characters of the document, as
// Python counts them: not in UTF-16 units, and not in what the page shows beside the text.

// Where in the document a place inside a run lies. A browser makes one character of CR LF, so a run ends after it.
function placeIn(run, text, offset) {
  return offset >= text.length ? run.at + run.length : run.at + Array.from(text.slice(0, offset)).length;
}

// The pieces of the runs that a range selects, in order, each with its part of the run's text.
function piecesOf(range, runs) {
  return runs
    .filter((run) => range.intersectsNode(run.node))
    .map((run) => ({
      run,
      text: run.node.data,
      from: range.startContainer === run.node ? range.startOffset : 0,
      to: range.endContainer === run.node ? range.endOffset : run.node.data.length,
    }));
}

// Where these pieces begin and end in the document, less the blanks around them; null where there is nothing else.
function spanOf(pieces) {
  const kept = [...pieces];
  for (let one = kept[0]; one; one = kept[0]) {
    while (one.from < one.to && /\s/.test(one.text[one.from])) one.from += 1;
    if (one.from < one.to) break;
    kept.shift();
  }
  for (let one = kept.at(-1); one; one = kept.at(-1)) {
    while (one.from < one.to && /\s/.test(one.text[one.to - 1])) one.to -= 1;
    if (one.from < one.to) break;
    kept.pop();
  }
  if (!kept.length) return null;
  const [first, last] = [kept[0], kept.at(-1)];
  return {
    start: placeIn(first.run, first.text, first.from),
    end: placeIn(last.run, last.text, last.to),
    words: kept.map((one) => one.text.slice(one.from, one.to)).join(""),
  };
}

function begin() {
  const text = document.getElementById("document-text");
  const form = document.getElementById("marking");
  const runs = Array.from(text.querySelectorAll("[data-at]"), (one) => ({
    at: Number(one.dataset.at),
    length: Number(one.dataset.length),
    node: one.firstChild,
  }));

  function selected() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    return spanOf(piecesOf(selection.getRangeAt(0), runs));
  }

  document.addEventListener("selectionchange", () => {
    const span = selected();
    // What was marked last stays: a finger on the button takes the selection away.
    if (!span) return;
    form.elements.start.value = span.start;
    form.elements.end.value = span.end;
    document.getElementById("marked-words").textContent = span.words;
    form.hidden = false;
  });
}

if (typeof module === "undefined") begin();
else module.exports = { placeIn, spanOf };
