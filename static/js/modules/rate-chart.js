/* The course of a rate as a chart that answers the pointer, made from the table below it: both hold the same numbers. */
import UPlot from "uplot";

const HEIGHT = 150;
const percent = (value) => (value === null ? "—" : `${(value * 100).toFixed(1)}%`);
const number = (cell) => (cell.dataset.value === "" ? null : Number(cell.dataset.value));

/** The months and both series of a table. */
export function read(table) {
  const rows = [...table.querySelectorAll("tbody tr")];
  const series = [0, 1].map((place) => rows.map((row) => number(row.querySelectorAll("td")[place])));
  return { months: rows.map((row) => row.dataset.month), now: series[0], before: series[1] };
}

function options(figure, months, width) {
  const style = getComputedStyle(figure);
  const colour = (name) => style.getPropertyValue(name).trim();
  const axis = { stroke: colour("--ink-2"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, font: "12px sans-serif" };
  return {
    width, height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    scales: { x: { time: false }, y: { range: [0, 1] } },
    axes: [
      { ...axis, size: 24, incrs: [1, 2, 3], values: (_plot, at) => at.map((one) => months[one] ?? ""), space: 70 },
      { ...axis, size: 46, values: (_plot, at) => at.map((one) => `${Math.round(one * 100)}%`), incrs: [0.25, 0.5, 1] },
    ],
    series: [
      { label: figure.dataset.month, value: (_plot, at) => (at === null ? "—" : months[at]) },
      { label: figure.dataset.now, stroke: colour("--accent"), width: 3, value: (_plot, one) => percent(one) },
      { label: figure.dataset.before, stroke: colour("--ink-2"), width: 1.75, dash: [5, 4], value: (_plot, one) => percent(one) },
    ],
  };
}

export function start(figure) {
  const place = figure.querySelector(".course-picture");
  const { months, now, before } = read(figure.querySelector("table"));
  const links = [...figure.querySelectorAll("tbody tr")].map((row) => row.querySelector("a")?.href);
  let plot;
  const draw = () => {
    plot?.destroy();
    plot = new UPlot(options(figure, months, figure.clientWidth), [months.map((_month, index) => index), now, before], place);
    // The table says the same to who does not see the drawing.
    plot.root.setAttribute("aria-hidden", "true");
    plot.over.addEventListener("click", () => { if (links[plot.cursor.idx]) location.assign(links[plot.cursor.idx]); });
  };
  place.classList.add("charted");
  draw();
  new ResizeObserver(() => { if (plot.width !== figure.clientWidth) plot.setSize({ width: figure.clientWidth, height: HEIGHT }); }).observe(figure);
  new MutationObserver(draw).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}
