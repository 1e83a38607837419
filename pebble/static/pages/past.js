// The detail chart below a comparison: every exchange's price or distance from the median, to read off and to zoom.
// Its library and its rows are fetched when somebody asks for it.
"use strict";
(() => {
  const HEIGHT = 320;
  let answer = null, plot = null, shows = "mid";

  const box = () => document.getElementById("detail");
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const say = (text) => { box().querySelector("[data-says]").textContent = text; };

  const load = () => new Promise((done, failed) => {
    if (window.uPlot) { done(); return; }
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: box().dataset.style });
    const script = Object.assign(document.createElement("script"), { src: box().dataset.script, onload: done, onerror: failed });
    document.head.prepend(style); // ours comes later and wins
    document.head.append(script);
  });
  const rows = async () => {
    const response = await fetch(box().dataset.rows);
    if (!response.ok) throw new Error(response.statusText);
    return response.json();
  };

  const series = (line) => {
    const face = box().querySelector(`[data-exchange="${line.exchange}"]`);
    return {
      label: face ? face.dataset.name : line.exchange, stroke: face ? getComputedStyle(face).getPropertyValue("--ex").trim() : token("--ink"), width: 1.6,
      value: (_, __, ___, at) => (at === null || line[shows][at] === null ? "–" : line[shows][at]), // the text as it came, every digit
    };
  };
  const axis = () => ({ stroke: token("--ink-2"), font: "12px Inter Variable, sans-serif", grid: { stroke: token("--line"), width: 1 }, ticks: { stroke: token("--line"), width: 1 } });
  const times = (_, at, __, ___, step) => at.map((seconds) => {
    const text = new Date(seconds * 1000).toISOString();
    return step >= 86400 ? text.slice(5, 10) : text.slice(11, 16);
  });
  const draw = () => {
    if (plot) plot.destroy();
    const lines = answer.results.filter((line) => line[shows].some((value) => value !== null));
    const data = [answer.opened_at.map((at) => Date.parse(at) / 1000), ...lines.map((line) => line[shows].map((value) => (value === null ? null : Number(value))))];
    const options = {
      width: place().clientWidth, height: HEIGHT, tzDate: (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      series: [{ label: "UTC", value: "{YYYY}-{MM}-{DD} {HH}:{mm}" }, ...lines.map(series)], axes: [{ ...axis(), values: times }, { ...axis(), size: 78 }],
    };
    plot = new window.uPlot(options, data, place());
    for (const button of box().querySelectorAll("[data-shows]")) button.setAttribute("aria-pressed", String(button.dataset.shows === shows));
  };
  const place = () => box().querySelector("[data-place]");

  const open = async () => {
    say("Loading…");
    try {
      [, answer] = await Promise.all([load(), rows()]);
    } catch {
      say("The rows did not come. Try again in a moment.");
      return;
    }
    say("Drag across the chart to zoom, double-click to see all of it.");
    box().classList.add("open");
    draw();
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("#detail button");
    if (button && button.dataset.shows) { shows = button.dataset.shows; draw(); } else if (button) open();
    if (plot && event.target.closest("[data-do=theme]")) draw(); // in the colours of the other theme
  });
  addEventListener("resize", () => { if (plot) plot.setSize({ width: place().clientWidth, height: HEIGHT }); });
})();
