// Fetches a row's comparison ahead while the pointer rests on it, once for each row. The page is whole without it.
"use strict";
(() => {
  const REST = 120, MOST = 20; // milliseconds of rest; pages fetched ahead on one visit
  const seen = new Set();
  let timer = 0;
  const ahead = (address) => {
    if (seen.has(address) || seen.size >= MOST) return;
    seen.add(address);
    const link = document.createElement("link");
    link.rel = "prefetch";
    link.href = address;
    document.head.append(link);
  };
  document.addEventListener("pointerover", (event) => {
    clearTimeout(timer);
    const row = event.pointerType === "mouse" && event.target.closest(".pairs tr[data-row]");
    const open = row && row.querySelector("a[data-open]");
    if (open) timer = setTimeout(ahead, REST, open.href);
  });
})();
