// Says so where a part of the page has not come, and loads the page anew once it is there. It is no module: it runs first.

const AGAIN = 2000; // ms after which what was lost is asked for again,
const AFTER = 10_000; // and where loading the page again did not help

addEventListener("error", ({ target }) => {
  if (target instanceof Element && target.matches("script, link[rel=stylesheet]")) lost();
}, true);

let isLost = false;

function lost() {
  if (isLost) return;
  isLost = true;
  const tell = () => {
    const late = document.getElementById("late");
    late.hidden = false;
    late.classList.add("lost");
    late.textContent = "A part of this page did not come. The page asks for it again every other second, and goes on by itself.";
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", tell);
  else tell();
  again();
}

function again() {
  const isReloaded = performance.getEntriesByType("navigation")[0]?.type === "reload";
  setTimeout(async () => {
    const parts = [...document.querySelectorAll("script[src], link[rel=stylesheet], link[rel=modulepreload]")];
    try {
      const answers = await Promise.all(parts.map(({ src, href }) => fetch(src || href, { cache: "reload" })));
      if (answers.every(({ ok }) => ok)) location.reload();
      else again();
    } catch {
      again();
    }
  }, isReloaded ? AFTER : AGAIN);
}
