// Times in the viewer's zone; keys on the page of approvals. Everything works without it.
"use strict";

function localTimes(root) {
  const long = new Intl.DateTimeFormat(document.documentElement.lang, { year: "numeric", month: "short", day: "numeric",
    hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" }); // a time without its zone says too little
  for (const one of root.querySelectorAll("time[datetime]")) {
    const at = new Date(one.dateTime);
    if (!Number.isNaN(at.valueOf())) { one.title = one.textContent; one.textContent = long.format(at); }
  }
}

function cards() { return [...document.querySelectorAll(".ask")]; }

function go(step) {
  const all = cards();
  const now = all.findIndex((one) => one.contains(document.activeElement));
  const next = all[Math.min(Math.max(now + step, 0), all.length - 1)];
  if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
}

function press(answer) {
  const card = cards().find((one) => one.contains(document.activeElement));
  const button = card && card.querySelector(`button[name=answer][value=${answer}]`);
  if (button) button.click();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const keys = { j: () => go(1), k: () => go(-1), y: () => press("yes"), n: () => press("no"), l: () => press("later"),
    u: () => { const undo = document.querySelector("#undo"); if (undo) undo.click(); } };
  if (document.querySelector("#approvals") && keys[event.key]) { event.preventDefault(); keys[event.key](); }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button[data-copy]");
  const from = button && document.getElementById(button.dataset.copy);
  if (!from) return;
  from.select();
  try { await navigator.clipboard.writeText(from.value); } catch { document.execCommand("copy"); } // no clipboard without https
  button.textContent = button.dataset.done || "Copied";
});

document.addEventListener("DOMContentLoaded", () => localTimes(document));
document.addEventListener("htmx:afterSwap", (event) => {
  localTimes(event.target);
  const first = cards()[0];
  if (document.querySelector("#approvals") && first) first.focus({ preventScroll: true });
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 401) { window.location.reload(); return; }
  event.detail.shouldSwap = event.detail.xhr.status < 500; // refusals are pages that say why
});
