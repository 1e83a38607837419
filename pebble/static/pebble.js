// Makes finished pages live: refreshes, ages, frozen order, pause, theme, watch list, keys. Pages are whole without it.
"use strict";
(() => {
  const root = document.documentElement;
  const FAST = 3, SLOW = 15, LONGEST = 60, ACTIVE_FOR = 60, SAY_EVERY = 30, OLD = 60; // seconds

  // Kept in this browser only; a browser that forbids it just forgets.
  const kept = {
    get(name) { try { return localStorage.getItem("pebble." + name); } catch { return null; } },
    set(name, value) { try { localStorage.setItem("pebble." + name, value); } catch { /* forgotten */ } },
  };
  const byId = (id) => document.getElementById(id);
  const seconds = () => Date.now() / 1000;

  root.classList.add("js");
  if (kept.get("theme")) root.dataset.theme = kept.get("theme"); // before the first paint

  // --- Numbers that move with the clock ------------------------------------------------------------------------
  let ahead = 0; // how far the server's clock is ahead of ours
  const ageText = (age) => {
    const s = Math.max(0, Math.floor(age));
    if (s < 60) return `${s} s`;
    if (s < 3600) return `${Math.floor(s / 60)} m ${s % 60} s`;
    if (s < 86400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} m`;
    return `${Math.floor(s / 86400)} d`;
  };
  const put = (node, text) => { if (node.textContent !== text) node.textContent = text; };
  const countAges = () => {
    const now = seconds() + ahead;
    document.querySelectorAll("[data-at]").forEach((node) => {
      put(node, ageText(now - node.dataset.at));
      node.classList.toggle("old", now - node.dataset.at > OLD); // a paused or cut-off page must not look live
    });
    document.querySelectorAll("[data-until]").forEach((node) => put(node, ageText(node.dataset.until - now)));
  };

  // --- What is said aloud, rarely ------------------------------------------------------------------------------
  let saidAt = -SAY_EVERY;
  const say = (text) => {
    if (seconds() - saidAt < SAY_EVERY) return;
    saidAt = seconds();
    byId("says").textContent = text;
  };

  // --- Refreshing ----------------------------------------------------------------------------------------------
  let timer = 0, failures = 0, waitS = 0, tag = "", thaw = false, activeAt = seconds();
  let paused = kept.get("paused") === "1";

  const pauseS = () => {
    if (failures) return Math.max(waitS, Math.min(LONGEST, FAST * 2 ** failures));
    const soon = Number(byId("live").dataset.soon || 0); // something was asked for and is on its way
    if (soon) return soon;
    const usual = seconds() - activeAt < ACTIVE_FOR ? FAST : SLOW;
    return Math.max(usual, Number(byId("live").dataset.every || 0));
  };
  const plan = () => {
    clearTimeout(timer);
    if (!paused && !document.hidden) timer = setTimeout(refresh, pauseS() * 1000);
  };
  const refresh = () => {
    clearTimeout(timer);
    const live = byId("live");
    if (live && live.hasAttribute("hx-get") && window.htmx) window.htmx.trigger(live, "pebble:refresh");
  };
  const failed = () => {
    failures += 1;
    const notice = byId("stopped");
    if (failures < 3 || !notice) return;
    if (notice.hidden) {
      notice.textContent = `Live updates stopped at ${clock()}, retrying. The numbers below are the last ones received.`;
      notice.hidden = false;
    }
  };
  const clock = () => new Date().toLocaleTimeString([], { hour12: false });
  const isLive = (event) => event.detail.ctx && event.detail.ctx.sourceElement && event.detail.ctx.sourceElement.id === "live";

  document.addEventListener("htmx:config:request", (event) => {
    if (!isLive(event)) return;
    event.detail.ctx.frozen = !thaw;
    if (tag && !thaw) event.detail.ctx.request.headers["If-None-Match"] = tag;
    thaw = false;
  });
  document.addEventListener("htmx:after:request", (event) => {
    const answer = event.detail.ctx.response;
    if (!isLive(event)) return;
    if (answer.status !== 200 && answer.status !== 304) {
      waitS = Number(answer.headers.get("Retry-After") || 0);
      failed();
      return;
    }
    failures = waitS = 0;
    byId("stopped").hidden = true;
    tag = answer.headers.get("ETag") || "";
    if (answer.headers.get("X-Now")) ahead = Number(answer.headers.get("X-Now")) - seconds();
  });
  document.addEventListener("htmx:error", (event) => { if (isLive(event)) failed(); });
  document.addEventListener("htmx:finally:request", (event) => { if (isLive(event)) plan(); });

  // --- Swapping: rows stay where they are, changed numbers get a tint -------------------------------------------
  const rowsOf = (list) => [...list.children].filter((child) => child.id);
  const keepOrder = (live, fresh) => {
    let changed = false;
    for (const next of fresh.querySelectorAll("[data-frozen][id]")) { // lists whose rows must not jump while someone reads
      const old = live.querySelector("#" + next.id);
      if (!old) continue;
      const incoming = new Map(rowsOf(next).map((row) => [row.id, row]));
      const wanted = [...incoming.keys()];
      const shown = rowsOf(old);
      changed = changed || shown.length !== wanted.length || shown.some((row, i) => row.id !== wanted[i]);
      for (const row of shown) {
        next.append(incoming.get(row.id) || gone(row));
        incoming.delete(row.id);
      }
      incoming.forEach((row) => row.remove());
    }
    const button = fresh.querySelector("#resort");
    if (changed && button) button.classList.add("shown");
  };
  const gone = (row) => { // no longer in the list: its numbers are not renewed, and it must look so
    const copy = row.cloneNode(true);
    copy.classList.add("gone");
    return copy;
  };
  const numbers = (scope) => {
    const found = new Map();
    scope.querySelectorAll("tr[id], tbody[id], .hero-price").forEach((row) => found.set(row.id || "hero", [...row.querySelectorAll("data")].map((d) => d.value)));
    return found;
  };
  const tint = (before, scope) => {
    scope.querySelectorAll("tr[id], tbody[id], .hero-price").forEach((row) => {
      const old = before.get(row.id || "hero");
      const now = [...row.querySelectorAll("data")];
      if (!old || old.length !== now.length) return;
      now.forEach((node, i) => { if (node.value !== old[i]) node.classList.add(Number(node.value) > Number(old[i]) ? "rose" : "fell"); });
    });
  };
  document.addEventListener("animationend", (event) => { if (event.target.tagName === "DATA") event.target.removeAttribute("class"); });

  const winner = (scope) => { const node = scope.querySelector("#answer[data-winner]"); return node ? node.dataset.winner : ""; };
  document.addEventListener("htmx:before:swap", (event) => {
    const task = event.detail.tasks.find((t) => t.type === "main" && t.target && t.target.id === "live");
    if (!task) return;
    const live = byId("live");
    if (event.detail.ctx.frozen) keepOrder(live, task.fragment);
    dress(task.fragment);
    const now = winner(task.fragment);
    if (winner(live) && now && winner(live) !== now) say(`${now} now has the best price.`);
    event.detail.ctx.before = numbers(live);
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const live = byId("live");
    if (event.detail.ctx.before) tint(event.detail.ctx.before, live);
    const address = live.getAttribute("hx-get");
    if (address && address !== location.pathname + location.search) history.replaceState(null, "", address); // Next 50
    countAges();
  });

  // --- Pause, theme, watch list --------------------------------------------------------------------------------
  const watched = () => { try { return JSON.parse(kept.get("watch")) || []; } catch { return []; } };
  const dress = (scope) => {
    const list = watched();
    scope.querySelectorAll("[data-do=star]").forEach((star) => star.setAttribute("aria-pressed", String(list.includes(star.dataset.ticker))));
    scope.querySelectorAll("tr[data-ticker]").forEach((row) => row.classList.toggle("watched", list.includes(row.dataset.ticker)));
  };
  const showPause = (text) => {
    root.classList.toggle("paused", paused);
    const label = byId("pause-text");
    if (label) label.textContent = text;
  };
  const commands = {
    pause() {
      paused = !paused;
      kept.set("paused", paused ? "1" : "");
      showPause(paused ? `Paused at ${clock()}, resume` : "Pause");
      if (paused) clearTimeout(timer); else refresh();
    },
    theme() {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      kept.set("theme", root.dataset.theme);
    },
    star(button) {
      const list = watched(), ticker = button.dataset.ticker;
      kept.set("watch", JSON.stringify(list.includes(ticker) ? list.filter((t) => t !== ticker) : [...list, ticker]));
      dress(document);
    },
    watched() {
      const list = watched();
      if (!list.length) { saidAt = -SAY_EVERY; say("No asset is watched yet. Stars in the table watch one."); return; }
      const address = new URL(location.href);
      address.searchParams.set("base", list.join(","));
      address.searchParams.delete("offset");
      location.assign(address);
    },
    resort() { thaw = true; refresh(); },
    keys() { byId("key-list").showModal(); },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) { commands[button.dataset.do](button); return; }
    const row = event.target.closest(".pairs tr[data-row]");
    if (!row || event.target.closest("a, button") || String(getSelection())) return;
    row.querySelector("a[data-open]").click();
  });

  // --- Search --------------------------------------------------------------------------------------------------
  const options = () => [...document.querySelectorAll("#hits [role=option]")];
  const choose = (input, at) => {
    const list = options();
    list.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (list[at]) input.setAttribute("aria-activedescendant", list[at].id); else input.removeAttribute("aria-activedescendant");
  };
  const closeHits = () => {
    byId("hits").replaceChildren();
    byId("search").setAttribute("aria-expanded", "false");
    byId("search").removeAttribute("aria-activedescendant");
  };
  const searchKey = (event) => {
    const list = options(), at = list.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.target, event.key === "ArrowDown" ? Math.min(list.length - 1, at + 1) : at - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      list[at].click();
    } else if (event.key === "Escape") closeHits();
  };
  const startSearch = () => {
    const input = byId("search");
    if (!input) return;
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", "hits"], ["aria-autocomplete", "list"]]) input.setAttribute(name, value);
    input.addEventListener("keydown", searchKey);
    input.form.addEventListener("focusout", (event) => { if (!input.form.contains(event.relatedTarget)) setTimeout(closeHits, 150); });
    byId("hits").addEventListener("htmx:after:settle", () => input.setAttribute("aria-expanded", String(options().length > 0)));
  };

  // --- Keys ----------------------------------------------------------------------------------------------------
  const step = (by) => {
    const stops = [...document.querySelectorAll("[data-open], [data-row][tabindex]")].filter((node) => node.offsetParent);
    const here = document.activeElement.closest && document.activeElement.closest("[data-row], .more");
    const at = stops.findIndex((node) => node === document.activeElement || (here && here.contains(node)));
    const next = stops[at < 0 ? (by > 0 ? 0 : stops.length - 1) : Math.max(0, Math.min(stops.length - 1, at + by))];
    if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  };
  const beside = (node) => { const body = node.closest("tbody[id]"); return body && body.querySelector("[data-row][data-ticker]"); }; // of an opened row
  const star = () => {
    const row = document.activeElement.closest("[data-ticker]") || beside(document.activeElement);
    const star = document.querySelector(".star-chip") || row;
    if (!star) return;
    commands.star(star);
    saidAt = -SAY_EVERY; // what somebody did is always answered
    say(`${star.dataset.ticker} is ${watched().includes(star.dataset.ticker) ? "on" : "no longer on"} your watch list.`);
  };
  const look = () => {
    const field = byId("question") || byId("search"); // a page that asks has a field of its own
    if (field.offsetParent) field.focus(); else location.assign("/search/");
  };
  const keys = { "/": look, ".": () => byId("pause") && commands.pause(), t: commands.theme, j: () => step(1), k: () => step(-1), w: star, "?": commands.keys };
  document.addEventListener("keydown", (event) => {
    activeAt = seconds();
    if (event.ctrlKey || event.metaKey || event.altKey || kept.get("keys") === "off") return;
    if (event.target.closest("input, select, textarea, dialog, [contenteditable]") || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });

  // --- Start ---------------------------------------------------------------------------------------------------
  document.addEventListener("mouseover", (event) => {
    const time = event.target.closest("time");
    if (time && !time.title) time.title = new Date(time.dateTime).toLocaleString();
  });
  for (const name of ["pointermove", "pointerdown", "scroll", "touchstart"]) addEventListener(name, () => { activeAt = seconds(); }, { passive: true });
  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else if (!paused) refresh(); });
  addEventListener("pageshow", (event) => { if (event.persisted && !paused) refresh(); });
  document.addEventListener("DOMContentLoaded", () => {
    dress(document);
    startSearch();
    const box = byId("keys-on");
    box.checked = kept.get("keys") !== "off";
    box.addEventListener("change", () => kept.set("keys", box.checked ? "on" : "off"));
    const live = byId("live");
    if (!live.dataset.now) return;
    ahead = Number(live.dataset.now) - seconds();
    if (paused) showPause("Paused, resume");
    setInterval(() => { if (!paused || Math.floor(seconds()) % 10 === 0) countAges(); }, 1000); // paused text moves rarely
    const [visit] = performance.getEntriesByType("navigation");
    if (visit && visit.type === "back_forward" && !paused) setTimeout(refresh); // this copy may be an old one
    else plan();
  });
})();
