// Remembers the amount and the visitor's own fees in this browser only, and puts them into addresses that say nothing of them.
// An amount goes with its currency: 25,000 USDT are never taken for 25,000 BTC. Pages work without it through their addresses.
"use strict";
(() => {
  const kept = {
    get(name) { try { return localStorage.getItem("pebble." + name); } catch { return null; } },
    set(name, value) { try { if (value) localStorage.setItem("pebble." + name, value); else localStorage.removeItem("pebble." + name); } catch { /* forgotten */ } },
  };
  const box = () => document.querySelector("[data-remember=amount]");
  const units = () => document.querySelector("[data-remember=unit]");
  const currency = () => { const list = units(); return list ? list.selectedOptions[0].textContent : box().dataset.currency || ""; };

  const start = () => {
    if (!box()) return;
    const address = new URL(location.href), asked = address.searchParams;
    if (asked.has(box().name)) remember(); else recall(asked);
    const fees = document.querySelector("[data-fees]");
    if (fees && fees.dataset.fees) kept.set("fees", fees.dataset.fees);
    else if (fees && !asked.has("fees") && kept.get("fees")) asked.set("fees", kept.get("fees"));
    if (address.href !== location.href) location.replace(address);
  };
  const remember = () => kept.set("amount", box().value && JSON.stringify([box().value, currency()]));
  const recall = (asked) => {
    let amount, of;
    try { [amount, of] = JSON.parse(kept.get("amount")) || []; } catch { return; }
    const option = units() && [...units().options].find((each) => each.textContent === of);
    if (!amount || (units() ? !option : of !== currency())) return;
    asked.set(box().name, amount);
    if (option && option.value !== units().options[0].value) asked.set(units().name, option.value);
  };

  document.addEventListener("click", (event) => { const link = event.target.closest("[data-forget]"); if (link) kept.set(link.dataset.forget, ""); });
  document.addEventListener("input", (event) => { if (event.target.closest("[data-remember], [data-fee]")) event.target.dataset.typed = ""; });
  // While somebody types, a refresh must not put the old text back.
  document.addEventListener("htmx:before:swap", (event) => {
    const task = event.detail.tasks.find((each) => each.type === "main" && each.target && each.target.id === "live");
    if (!task) return;
    document.querySelectorAll("[data-typed]").forEach((old) => {
      const next = task.fragment.querySelector(`[name="${old.name}"]${old.id ? "#" + old.id : ""}`);
      if (!next) return;
      next.dataset.typed = "";
      if (next.tagName === "SELECT") [...next.options].forEach((each) => each.toggleAttribute("selected", each.value === old.value));
      else next.setAttribute("value", old.value);
    });
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
