// Keeps the watch list of the address and the one of this browser together. The page is whole without it.
"use strict";
(() => {
  const WATCH = "pebble.watch", FOLLOWS = "pebble.follows";
  const stored = () => { try { return JSON.parse(localStorage.getItem(WATCH)) || []; } catch { return []; } };
  const store = (list) => { try { localStorage.setItem(WATCH, JSON.stringify(list)); } catch { /* forgotten */ } };
  const shown = () => (document.getElementById("watch").dataset.base || "").split(",").filter(Boolean);
  const same = (one, other) => one.length === other.length && one.every((ticker) => other.includes(ticker));
  const address = (list) => {
    const url = new URL(location.href);
    for (const name of ["add", "unknown", "base"]) url.searchParams.delete(name);
    if (list.length) url.searchParams.set("base", list.join(","));
    return url;
  };
  const notice = () => { document.getElementById("other-list").hidden = !shown().length || same(stored(), shown()); };

  // What is changed on the list that is this browser's own is changed in the browser too, when the new page is here.
  const follow = () => { if (same(stored(), shown())) sessionStorage.setItem(FOLLOWS, "1"); };
  document.addEventListener("submit", (event) => { if (event.target.closest("[data-edit]")) follow(); });
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[data-edit]")) follow();
    if (event.target.closest("[data-watch=keep]")) { store(shown()); notice(); }
    if (event.target.closest("[data-watch=mine]")) { event.preventDefault(); location.assign(address(stored())); }
    if (event.target.closest("[data-do=star]")) notice(); // the star itself is pebble.js's
  });

  const follows = sessionStorage.getItem(FOLLOWS);
  sessionStorage.removeItem(FOLLOWS);
  if (follows) store(shown());
  if (!shown().length && stored().length) location.replace(address(stored()));
  notice();
})();
