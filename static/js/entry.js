"use strict";
// Typing records: amounts told in words, what was typed kept when a session ends, and all of it by keyboard.
// It asks nobody anything; without it every form works all the same.

// --- amounts: the same as alleviation/common/amount_words.py and fields.py -------------------------------------

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const PLACES = ["", "拾", "佰", "仟"];
const GROUPS = ["", "万", "亿"];
const PLAIN_NUMBER = /^[+-]?[0-9]+(\.[0-9]+)?$/;
const LARGEST_FEN = 999999999999n;
const FEN_PLACES = { yuan: 2, wan: 6 };

function fill(words, values) {
  return words.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
}

function groupInCapitals(group) {
  let told = "";
  let skipped = false;
  for (const place of [3, 2, 1, 0]) {
    const digit = Math.floor(group / 10 ** place) % 10;
    if (digit) told += (skipped && told ? "零" : "") + DIGITS[digit] + PLACES[place];
    skipped = !digit;
  }
  return told;
}

function wholeInCapitals(yuan) {
  let told = "";
  let skipped = false;
  for (const number of [2, 1, 0]) {
    const group = Number((yuan / 10000n ** BigInt(number)) % 10000n);
    if (group) told += (told && (skipped || group < 1000) ? "零" : "") + groupInCapitals(group) + GROUPS[number];
    skipped = !group;
  }
  return told;
}

function chineseCapitals(fen) {
  const size = fen < 0n ? -fen : fen;
  const yuan = size / 100n;
  const [jiao, rest] = [Number((size / 10n) % 10n), Number(size % 10n)];
  if (!size) return "零元整";
  const zero = yuan && (jiao || rest) && (yuan % 10n === 0n || !jiao) ? "零" : "";
  const parts = (jiao ? `${DIGITS[jiao]}角` : "") + (rest ? `${DIGITS[rest]}分` : "");
  return (fen < 0n ? "负" : "") + (yuan ? `${wholeInCapitals(yuan)}元` : "") + (parts ? zero + parts : "整");
}

function grouped(fen, places) {
  const size = fen < 0n ? -fen : fen;
  const whole = String(size / 100n).replace(/\B(?=(\d{3})+$)/g, ",");
  const part = places ? `.${String(size % 100n).padStart(2, "0")}` : "";
  return (fen < 0n ? "-" : "") + whole + part;
}

function shortened(fen, words) {
  const size = fen < 0n ? -fen : fen;
  if (size < 100000000n) return "";
  const [unit, told] = size < 100000000000n ? [1000000n, words.million] : [1000000000n, words.billion];
  // In hundredths of the unit, half up; a fen is a hundredth of a yuan.
  const hundredths = (size + unit / 2n) / unit;
  const number = fill(told, { number: grouped(fen < 0n ? -hundredths : hundredths, 2) });
  return size % unit ? fill(words.about, { number }) : number;
}

// What stands in a field, as {fen} or {wrong}; neither where it is empty.
function readAmount(text, isWan, words) {
  const typed = text.trim();
  if (!typed) return {};
  if (!PLAIN_NUMBER.test(typed)) return { wrong: words.notPlain };
  const [whole, part = ""] = typed.split(".");
  const places = isWan ? FEN_PLACES.wan : FEN_PLACES.yuan;
  if (part.length > places) return { wrong: isWan ? words.tooFineWan : words.tooFine };
  const fen = BigInt(whole.replace(/^[+-]/, "") + part.padEnd(places, "0")) * (typed.startsWith("-") ? -1n : 1n);
  if (fen > LARGEST_FEN) return { wrong: words.tooLarge };
  return fen < -LARGEST_FEN ? { wrong: words.tooSmall } : { fen };
}

function amountTold(fen, words) {
  const short = shortened(fen, words);
  const values = { capitals: chineseCapitals(fen), number: grouped(fen, fen % 100n ? 2 : 0), short };
  return fill(short ? words.long : words.plain, values);
}

function tellAmount(amount, words) {
  const field = amount.querySelector("input.vAmount");
  const isWan = Boolean(amount.querySelector("input[type=checkbox]")?.checked);
  const { fen, wrong } = readAmount(field.value, isWan, words);
  const isRefused = fen !== undefined && fen <= 0n && field.dataset.aboveZero;
  const output = amount.querySelector("output");
  const problem = wrong || (isRefused && field.dataset.aboveZero);
  output.textContent = problem || (fen === undefined ? "" : amountTold(fen, words));
  output.classList.toggle("is-wrong", Boolean(problem));
  // In a table there is no room beneath: one line at the foot of the window tells of the field in hand.
  if (!amount.closest(".tabular")) return;
  const bar = document.getElementById("amount-bar") || document.body.appendChild(makeBar());
  bar.textContent = output.textContent;
  bar.hidden = !output.textContent || !amount.contains(document.activeElement);
}

function makeBar() {
  const bar = document.createElement("p");
  bar.id = "amount-bar";
  bar.setAttribute("role", "status");
  return bar;
}

function watchAmounts(words) {
  const tell = ({ target }) => {
    const amount = target.closest?.(".amount");
    if (amount) tellAmount(amount, words);
  };
  document.addEventListener("input", tell);
  document.addEventListener("change", tell);
  document.addEventListener("focusin", tell);
  document.addEventListener("focusout", () => {
    const bar = document.getElementById("amount-bar");
    if (bar) bar.hidden = true;
  });
  document.querySelectorAll(".amount").forEach((amount) => tellAmount(amount, words));
}

// --- drafts: docs/entry.md says what is kept where ----------------------------------------------------------------

const DRAFT = "entry-draft:";

function drafts() {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(DRAFT));
}

function dropDrafts(isMeant = () => true) {
  drafts().filter(isMeant).forEach((key) => sessionStorage.removeItem(key));
}

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

function write(key, draft) {
  try {
    sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // A full store keeps nothing more; the form itself is not touched by that.
  }
}

function isField(field) {
  const never = ["hidden", "password", "file", "submit", "button", "reset", "search"];
  return field.name && !field.name.includes("__prefix__") && !never.includes(field.type);
}

function isKept(field) {
  return isField(field) && !("unkept" in field.dataset);
}

function valueOf(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked;
  if (field.tagName !== "SELECT") return field.value;
  return Array.from(field.selectedOptions, (option) => [option.value, option.text]);
}

function keyOf(field) {
  return field.type === "checkbox" || field.type === "radio" ? `${field.name}=${field.value}` : field.name;
}

function valuesOf(form) {
  const kept = Array.from(form.elements).filter(isKept);
  return new Map(kept.map((field) => [keyOf(field), valueOf(field)]));
}

// Which rows the page has: what was typed in a row is filled in only where that row still stands.
function rowsOf(form) {
  const isTold = ({ name }) => /(-id|INITIAL_FORMS)$/.test(name) && !name.includes("__prefix__");
  return Array.from(form.elements).filter(isTold).map(({ name, value }) => `${name}=${value}`).join("&");
}

function totalsOf(form) {
  const totals = Array.from(form.elements).filter(({ name }) => name.endsWith("-TOTAL_FORMS"));
  return Object.fromEntries(totals.map(({ name, value }) => [name.replace("-TOTAL_FORMS", ""), Number(value)]));
}

class Draft {
  constructor(form, key, words) {
    Object.assign(this, { form, key, words });
    this.before = valuesOf(form);
    this.rows = rowsOf(form);
    this.old = read(key) || {};
    this.isLeft = false;
  }

  keep(isSent) {
    if (this.isLeft) return;
    const now = valuesOf(this.form);
    const isOther = ([name, value]) => JSON.stringify(value) !== JSON.stringify(this.before.get(name));
    const differing = [...now].filter(isOther);
    const fields = { ...this.old.fields, ...Object.fromEntries(differing) };
    if (!Object.keys(fields).length) return;
    const version = this.old.version ?? this.form.elements.version?.value;
    const rows = this.old.rows ?? this.rows;
    write(this.key, { at: Date.now(), version, rows, totals: totalsOf(this.form), fields, isSent });
  }

  restore() {
    const { at, fields = {}, totals = {}, rows, version } = this.old;
    if (!Object.keys(fields).length) return;
    const isSame = rows === this.rows;
    if (isSame) Object.entries(totals).forEach(([prefix, total]) => this.addRows(prefix, total));
    const parts = Object.keys(totalsOf(this.form));
    const isOfRow = (name) => parts.some((prefix) => name.startsWith(`${prefix}-`));
    const meant = new Map(Object.entries(fields).filter(([name]) => isSame || !isOfRow(name)));
    Array.from(this.form.elements).filter(isKept).forEach((field) => {
      if (meant.has(keyOf(field))) fillIn(field, meant.get(keyOf(field)));
    });
    // What somebody else has saved meanwhile is told at saving, as ever.
    if (version && this.form.elements.version) this.form.elements.version.value = version;
    this.tell(at, isSame);
  }

  addRows(prefix, total) {
    const number = () => Number(this.form.elements[`${prefix}-TOTAL_FORMS`]?.value);
    const link = document.querySelector(`#${prefix}-group .add-row a, #${prefix}-group a.add-row`);
    for (let tries = 0; link && number() < total && tries < total; tries += 1) link.click();
  }

  tell(at, isSame) {
    const { words } = this;
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    const time = new Date(at).toLocaleTimeString(document.documentElement.lang, clock);
    const note = document.createElement("div");
    note.className = "draft-note";
    note.setAttribute("role", "status");
    const said = [fill(words.restored, { time })];
    if (!isSame) said.push(words.rowsChanged);
    if (this.form.querySelector("[data-unkept]")) said.push(words.unkept);
    note.append(Object.assign(document.createElement("span"), { textContent: said.join(" ") }));
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: words.discard });
    button.addEventListener("click", () => this.discard());
    note.append(button);
    this.form.before(note);
  }

  discard() {
    this.isLeft = true;
    sessionStorage.removeItem(this.key);
    window.location.reload();
  }
}

function fillIn(field, value) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = value;
  else if (field.tagName !== "SELECT") field.value = value;
  else {
    const chosen = new Map(value);
    chosen.forEach((text, one) => {
      if (![...field.options].some((option) => option.value === one)) field.add(new Option(text, one));
    });
    [...field.options].forEach((option) => { option.selected = chosen.has(option.value); });
  }
  field.closest("details")?.setAttribute("open", "");
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function keepDrafts(form, words) {
  const mine = `${DRAFT}${words.user}:`;
  dropDrafts((key) => !key.startsWith(mine));
  if (document.querySelector(".messagelist .success")) dropDrafts((key) => read(key)?.isSent);
  const draft = form && new Draft(form, mine + window.location.pathname + window.location.search, words);
  document.getElementById("logout-form")?.addEventListener("submit", () => {
    if (draft) draft.isLeft = true;
    dropDrafts();
  });
  if (!draft) return;
  // A refused page comes with what was typed.
  if (!document.querySelector("#content-main .errornote")) draft.restore();
  let waiting = 0;
  const later = () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => draft.keep(false), 200);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    window.clearTimeout(waiting);
    draft.keep(true);
    draft.isLeft = true;
  });
  window.addEventListener("pagehide", () => draft.keep(false));
}

// --- keys ---------------------------------------------------------------------------------------------------------

function save(form) {
  const buttons = [...form.querySelectorAll("input[type=submit], button[type=submit]")];
  form.requestSubmit(buttons.find((one) => one.classList.contains("default")) || buttons[0]);
}

function addRow(form) {
  const near = document.activeElement.closest(".inline-group");
  const group = near || form.querySelector(".js-inline-admin-formset");
  group?.querySelector("details:not([open])")?.setAttribute("open", "");
  const link = group?.querySelector(".add-row a, a.add-row");
  if (!link) return;
  link.click();
  focusFirst(newRow(group));
}

function newRow(group) {
  const rows = [...group.querySelectorAll(".form-row:not(.empty-form), .inline-related:not(.empty-form)")];
  return rows.filter((row) => row.id && !row.classList.contains("has_original")).at(-1);
}

function isTyped(field) {
  return isField(field) && !field.disabled && field.offsetParent && !field.closest(".related-widget-wrapper-link");
}

// The first field of a place; of a row that came filled in, the first that is empty.
function focusFirst(place, isMeant = () => true) {
  const fields = [...(place?.querySelectorAll("input, select, textarea") || [])];
  const field = fields.find((one) => isTyped(one) && isMeant(one));
  const isPicker = field?.classList.contains("admin-autocomplete");
  (isPicker ? field.parentElement.querySelector(".select2-selection") : field)?.focus();
}

function listenToKeys(form) {
  document.addEventListener("keydown", (event) => {
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl && !event.altKey && (event.key === "s" || event.key === "Enter")) {
      event.preventDefault();
      save(form);
    } else if (event.altKey && !isControl && event.code === "KeyN") {
      event.preventDefault();
      addRow(form);
    } else if (event.altKey && !isControl && event.code === "KeyO") {
      event.preventDefault();
      document.activeElement.closest(".related-widget-wrapper")?.querySelector(OPENING)?.click();
    }
  });
}

// The links to the record that is chosen in a list: who types does not stop at each of them, a key opens it.
const OPENING = ".view-related[href], .change-related[href]";
// Whoever asks for a row by its link goes on in that row, not behind it.
function goToAddedRows() {
  document.addEventListener("formset:added", ({ target }) => {
    if (document.activeElement.closest(".add-row")) focusFirst(target);
  });
}

function skipOpening() {
  document.querySelectorAll(".view-related, .change-related").forEach((link) => { link.tabIndex = -1; });
}

// A list to choose from opens as soon as one types in it, and an input method may begin there too.
function openAsOneTypes() {
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.(".select2-selection");
    const isWord = event.key.length === 1 || event.key === "Process";
    if (!box || !isWord || event.key === " " || event.ctrlKey || event.altKey || event.metaKey) return;
    const select = box.closest(".select2").previousElementSibling;
    window.django.jQuery(select).select2("open");
    document.querySelector(".select2-container--open .select2-search__field")?.focus();
  });
}

function beginEntry(words) {
  const form = document.querySelector(".change-form #content-main form[method=post]");
  watchAmounts(words);
  keepDrafts(form, words);
  if (!form?.querySelector("input[type=submit]")) return;
  listenToKeys(form);
  skipOpening();
  goToAddedRows();
  openAsOneTypes();
  document.querySelectorAll(".entry-keys").forEach((line) => { line.hidden = false; });
  const part = document.getElementById(window.location.hash.slice(1));
  part?.querySelector("details:not([open])")?.setAttribute("open", "");
  if (part) focusFirst(newRow(part), (field) => !field.value);
  else focusFirst(form.querySelector(".errors, .row-form-errors + .form-row") || form.querySelector("fieldset"));
}

// On the sign-in page nobody is signed in: who came here from a form comes back to it, all others leave nothing.
function beginSignIn() {
  if (!new URLSearchParams(window.location.search).get("next")) dropDrafts();
  const note = document.querySelector("[data-draft-kept]");
  if (note) note.hidden = !drafts().length;
}

if (typeof module !== "undefined") module.exports = { amountTold, chineseCapitals, readAmount };
else {
  const words = document.getElementById("entry-words")?.dataset;
  const begin = () => (words ? beginEntry(words) : beginSignIn());
  // After the admin's own scripts, which asked for the same before: its lists to choose from, its empty rows.
  if (window.django?.jQuery) window.django.jQuery(begin);
  else document.addEventListener("DOMContentLoaded", begin);
}
