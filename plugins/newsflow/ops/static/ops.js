// Airflow keeps its colour mode in localStorage ("light", "dark" or "system"); these pages follow it.
"use strict";
function kept(name) {
  try { return localStorage.getItem(name); } catch { return null; /* storage is closed */ }
}
const dark = window.matchMedia("(prefers-color-scheme: dark)");
function paint() {
  const chosen = kept("theme");
  const on = chosen === "dark" || (chosen !== "light" && dark.matches);
  document.documentElement.dataset.theme = on ? "dark" : "light";
}
paint();
dark.addEventListener("change", paint);
window.addEventListener("storage", paint);

// Times stand in UTC; here they become those of the zone that the reader chose in Airflow, else of the browser's.
function form(timeZone) {
  return new Intl.DateTimeFormat("en-US", {
    weekday: "short", day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
    timeZoneName: "short", timeZone,
  });
}
function chosenForm() {
  try { return form((kept("timezone") || "").replaceAll('"', "") || undefined); } catch { return form(undefined); }
}
function localise(root, clock = chosenForm()) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const part = Object.fromEntries(clock.formatToParts(new Date(time.dateTime)).map((p) => [p.type, p.value]));
    const zone = "zone" in time.dataset ? ` ${part.timeZoneName}` : "";
    time.textContent = `${part.weekday} ${part.day} ${part.month} ${part.hour}:${part.minute}${zone}`;
    time.title = time.dateTime.replace("T", " ").replace("Z", " UTC");
  }
  const named = document.getElementById("zone");
  if (named) { named.textContent = `times in ${clock.resolvedOptions().timeZone}`; }
}

// What runs is read again every few seconds, without moving the reader's focus or scroll; once more when it has ended.
async function refresh(part) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) { return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
  if (!fresh) { location.reload(); return; }
  localise(fresh);
  part.replaceChildren(...fresh.childNodes);
}

// Airflow's frame lets no link lead out of it, so Airflow's own page follows those to its pages.
function leave(event) {
  const link = event.target.closest("a[data-airflow]");
  if (!link || window.parent === window) { return; }
  event.preventDefault();
  const outer = window.parent.document.createElement("a");
  outer.href = link.href;
  if (event.ctrlKey || event.metaKey || event.shiftKey) { outer.target = "_blank"; }
  window.parent.document.body.append(outer);
  outer.click();
  outer.remove();
}

// After an act the page comes back where it was.
const PLACE = `newsflow.place:${location.pathname}`;
function comeBack() {
  try {
    const place = sessionStorage.getItem(PLACE);
    sessionStorage.removeItem(PLACE);
    if (place && document.querySelector(".done")) { window.scrollTo(0, Number(place)); }
  } catch { /* storage is closed: the page stands at its top */ }
}
function keepPlace(event) {
  if (event.target.method !== "post") { return; }
  try { sessionStorage.setItem(PLACE, String(window.scrollY)); } catch { /* as above */ }
}

document.addEventListener("DOMContentLoaded", () => {
  localise(document);
  document.querySelector("header [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  comeBack();
  document.addEventListener("click", leave);
  document.addEventListener("submit", keepPlace);
  for (const part of document.querySelectorAll("[data-refresh]")) {
    setInterval(() => { if (!document.hidden) { refresh(part).catch(() => {}); } }, Number(part.dataset.refresh) * 1000);
  }
});
