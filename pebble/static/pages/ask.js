// The last questions, kept in this tab only: arrow up in the field brings them back. Copies the link of an answer. The page is whole without it.
"use strict";
(() => {
  const MOST = 20;
  const kept = { // a browser that forbids it just forgets
    get() { try { return JSON.parse(sessionStorage.getItem("pebble.questions")) || []; } catch { return []; } },
    set(list) { try { sessionStorage.setItem("pebble.questions", JSON.stringify(list.slice(-MOST))); } catch { /* forgotten */ } },
  };
  const fees = () => { try { return localStorage.getItem("pebble.fees") || ""; } catch { return ""; } };
  const field = () => document.getElementById("question");
  let at = null; // which of the last questions stands in the field; null: what is typed

  const back = (by) => {
    const list = kept.get();
    const shown = at === null && list[list.length - 1] === field().value ? list.length - 1 : at;
    const next = (shown === null ? list.length : shown) + by;
    if (next < 0 || next > list.length) return;
    at = next === list.length ? null : next;
    field().value = at === null ? "" : list[at];
    field().setSelectionRange(field().value.length, field().value.length);
  };
  const keys = { ArrowUp: -1, ArrowDown: 1 };

  const copied = async (button) => {
    try { await navigator.clipboard.writeText(new URL(button.dataset.copy, location.href).href); } catch { location.assign(button.dataset.copy); return; }
    const text = button.textContent;
    button.textContent = "Link copied";
    document.getElementById("says").textContent = "Link copied.";
    setTimeout(() => { button.textContent = text; }, 2000);
  };

  document.addEventListener("DOMContentLoaded", () => {
    const asked = field().dataset.asked, form = field().form;
    if (asked) kept.set([...kept.get().filter((each) => each !== asked), asked]);
    field().addEventListener("keydown", (event) => {
      if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      back(keys[event.key]);
    });
    field().addEventListener("input", () => { at = null; });
    form.addEventListener("submit", () => { // the visitor's own fees, where another page was told them
      if (form.elements.fees.value || !fees()) return;
      form.elements.fees.value = fees();
      form.elements.fees.disabled = false;
    });
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copied(button);
    if (!event.target.closest(".understood details")) document.querySelectorAll(".understood details[open]").forEach((each) => { each.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector(".understood details[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
})();
