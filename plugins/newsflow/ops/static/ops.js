// Airflow keeps its colour mode in localStorage ("light", "dark" or "system"); these pages follow it.
"use strict";
const dark = window.matchMedia("(prefers-color-scheme: dark)");
function paint() {
  let chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch { /* storage is closed: follow the system */ }
  const on = chosen === "dark" || (chosen !== "light" && dark.matches);
  document.documentElement.dataset.theme = on ? "dark" : "light";
}
paint();
dark.addEventListener("change", paint);
window.addEventListener("storage", paint);

// What runs is read again every few seconds, without moving the reader's focus or scroll.
async function refresh(part) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) { return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(part.id);
  if (fresh) { part.replaceChildren(...fresh.childNodes); } else { location.reload(); }
}
document.addEventListener("DOMContentLoaded", () => {
  for (const part of document.querySelectorAll("[data-refresh]")) {
    setInterval(() => { if (!document.hidden) { refresh(part).catch(() => {}); } }, Number(part.dataset.refresh) * 1000);
  }
});
