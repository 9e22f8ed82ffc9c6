// Times in the viewer's zone; keys on the page of approvals. Everything works without it.
"use strict";

function localTimes(root) {
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang; // the day first, as the server writes it
  const long = new Intl.DateTimeFormat(language, { year: "numeric", month: "short", day: "numeric",
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

// What waits, while the page is open: events where they can be had, else a question every half minute. A page that is not looked at asks nothing.
const live = { source: null, timer: 0 };

function shown(said) {
  const count = (name, value) => {
    for (const one of document.querySelectorAll(`[data-count=${name}]`)) { one.firstElementChild.textContent = value; one.hidden = !value; }
    for (const one of document.querySelectorAll(`[data-figure=${name}]`)) one.textContent = value.toLocaleString(document.documentElement.lang);
  };
  count("waiting", said.waiting);
  count("uncertain", said.uncertain);
  for (const [name, value] of Object.entries(said.stages || {})) {
    for (const one of document.querySelectorAll(`[data-stage=${name}]`)) one.textContent = value.toLocaleString(document.documentElement.lang);
  }
  const more = document.querySelector("#more");
  if (more) more.hidden = document.querySelectorAll("#approvals .ask[data-waits]").length === Math.min(said.waiting, 100); // as many as are shown
  document.querySelector("#live").textContent = "";
}

function ask() {
  clearTimeout(live.timer);
  if (document.hidden) return;
  fetch(document.body.dataset.live, { headers: { accept: "application/json" } })
    .then((answer) => (answer.ok && !answer.redirected ? answer.json() : Promise.reject(answer)))
    .then(shown)
    .catch(() => { const say = document.querySelector("#live"); say.textContent = say.dataset.off; })
    .finally(() => { live.timer = setTimeout(listen, 30000); });
}

function listen() {
  clearTimeout(live.timer);
  if (live.source) live.source.close();
  live.source = null;
  if (document.hidden) return;
  if (!window.EventSource) { ask(); return; }
  live.source = new EventSource(`${document.body.dataset.live}/events`);
  live.source.onmessage = (event) => shown(JSON.parse(event.data));
  live.source.onerror = () => { // it begins again by itself, unless the server refuses
    if (live.source.readyState === EventSource.CLOSED) { live.source = null; ask(); }
  };
}

if (document.body.dataset.live) {
  document.addEventListener("visibilitychange", listen);
  window.addEventListener("pagehide", () => { if (live.source) live.source.close(); });
  listen();
}
