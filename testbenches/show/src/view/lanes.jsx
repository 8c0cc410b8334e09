// The picture of the timeline's lanes: a path for each, stretched to the width of its box, so that
// what is at a share of the run is there on screen and on paper.

const LANE = 19;
export { LANE as HEIGHT };

/** A bar as a piece of a path. */
const bar = (x, y, wide, tall) => `M${x.toFixed(1)} ${y.toFixed(1)}h${wide.toFixed(1)}v${tall.toFixed(1)}h${(-wide).toFixed(1)}z`;

/** The miss rate between two points of the series, as bars of that height. */
function seriesPath(series, { begin, end }, width) {
  const rates = series.slice(1).map((point, i) => {
    const before = series[i];
    const accesses = (point.accesses ?? 0) - (before.accesses ?? 0);
    return { at: before.at, to: point.at, rate: accesses > 0 ? ((point.misses ?? 0) - (before.misses ?? 0)) / accesses : 0 };
  });
  const most = Math.max(1e-9, ...rates.map((point) => point.rate));
  const x = (cycle) => Math.max(-2, Math.min(width + 2, ((cycle - begin) / (end - begin)) * width));
  return rates.filter(({ at, to, rate }) => rate > 0 && to >= begin && at <= end).map(({ at, to, rate }) => {
    const tall = (LANE - 4) * (rate / most);
    return bar(x(at), LANE - 1 - tall, Math.max(1, x(to) - x(at) - 0.5), tall);
  }).join("");
}

/** The parts of the picture in which single cycles are not recorded, as `[x, width]`. */
function veils({ window: seen, cut }, { begin, end }, width) {
  const x = (cycle) => Math.max(0, Math.min(width, ((cycle - begin) / (end - begin)) * width));
  const outside = seen && seen.whole === false ? [[0, x(seen.from)], [x(seen.to), width - x(seen.to)]] : [];
  return [...outside, ...(cut ? [[x(cut.at), width - x(cut.at)]] : [])].filter(([, wide]) => wide > 0);
}

export function Lanes({ lanes, run, range, width }) {
  const first = run.series.length > 1 ? 1 : 0;
  const height = (lanes.length + first) * LANE;
  if (width <= 0) return null;
  return (
    <svg class="lane-picture" style={{ height: `${height}px` }} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      {first === 1 && <path class="lane-walk" d={seriesPath(run.series, range, width)} />}
      {lanes.map((lane, i) => <path key={lane.title} class={`lane-${lane.tone}`} d={lane.spans(range.begin, range.end, width).map(([x, wide]) => bar(x, (i + first) * LANE + 4, wide, LANE - 8)).join("")} />)}
      <path class="lane-line" d={Array.from({ length: lanes.length + first }, (_, i) => bar(0, (i + 1) * LANE - 0.5, width, 0.5)).join("")} />
      {veils(run, range, width).map(([x, wide]) => <rect class="lane-veil" x={x} y={0} width={wide} height={height} />)}
    </svg>
  );
}
