// The timeline: a canvas with a lane for each kind of happening, drawn again only when what it
// shows changes. The cursor is an element over it, so a step does not draw.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { lanesOf } from "../model/lanes.js";
import { Axis } from "./axis.jsx";
import { number } from "./parts.jsx";

const LANE = 19;
const LEAST = 8;

function colours(element) {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`).trim() || "#888";
}

function drawSeries(context, series, begin, end, width, height, colour) {
  const rates = series.slice(1).map((point, i) => {
    const before = series[i];
    const accesses = (point.accesses ?? 0) - (before.accesses ?? 0);
    return { at: before.at, to: point.at, rate: accesses > 0 ? ((point.misses ?? 0) - (before.misses ?? 0)) / accesses : 0 };
  });
  const most = Math.max(1e-9, ...rates.map((point) => point.rate));
  context.fillStyle = colour("c-walk");
  for (const { at, to, rate } of rates) {
    if (to < begin || at > end) continue;
    const x = ((at - begin) / (end - begin)) * width;
    const right = ((to - begin) / (end - begin)) * width;
    const tall = (height - 3) * (rate / most);
    context.fillRect(x, height - tall, Math.max(1, right - x - 0.5), tall);
  }
}

function draw(canvas, lanes, recording, range, width) {
  const { series } = recording.run;
  const ratio = globalThis.devicePixelRatio || 1;
  const height = (lanes.length + (series.length > 1 ? 1 : 0)) * LANE;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = `${height}px`;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const colour = colours(canvas);
  let y = 0;
  const line = () => {
    context.fillStyle = colour("line");
    context.fillRect(0, y + LANE - 0.5, width, 0.5);
  };
  if (series.length > 1) {
    drawSeries(context, series, range.begin, range.end, width, LANE - 1, colour);
    line();
    y += LANE;
  }
  for (const lane of lanes) {
    line();
    context.fillStyle = colour(`c-${lane.tone}`);
    for (const [x, wide] of lane.spans(range.begin, range.end, width)) context.fillRect(x, y + 4, wide, LANE - 8);
    y += LANE;
  }
  const { window: seen } = recording.run;
  const x = (cycle) => Math.max(0, Math.min(width, ((cycle - range.begin) / (range.end - range.begin)) * width));
  context.fillStyle = colour("veil");
  if (seen && seen.whole === false) {
    context.fillRect(0, 0, x(seen.from), y);
    context.fillRect(x(seen.to), 0, width - x(seen.to), y);
  }
  if (recording.run.cut) context.fillRect(x(recording.run.cut.at), 0, width, y);
}

/** Keeps a range within the run, and its length between a few cycles and all. */
function within(range, cycles) {
  const length = Math.min(Math.max(range.end - range.begin, LEAST), Math.max(cycles, LEAST));
  const begin = Math.min(Math.max(0, range.begin), Math.max(0, Math.max(cycles, LEAST) - length));
  return { begin, end: begin + length };
}

export function Timeline({ look, onGo, onRecord, theme, register }) {
  const { recording, moment } = look;
  const lanes = useMemo(() => lanesOf(recording), [recording]);
  const whole = within({ begin: 0, end: recording.cycles }, recording.cycles);
  const seen = recording.run.window;
  // Where single accesses are recorded is what one wants to see first.
  const [range, setRange] = useState(seen?.whole === false && seen.to > seen.from ? within({ begin: seen.from, end: seen.to }, recording.cycles) : whole);
  const [width, setWidth] = useState(0);
  const [redraw, setRedraw] = useState(0);
  const box = useRef(null);
  const canvas = useRef(null);
  const drag = useRef(null);

  const zoom = (factor, around = moment.cycle) => setRange((old) => {
    const share = (around - old.begin) / (old.end - old.begin);
    const length = (old.end - old.begin) * factor;
    const begin = around - Math.min(1, Math.max(0, share)) * length;
    return within({ begin, end: begin + length }, recording.cycles);
  });

  useEffect(() => register?.({ zoom, fit: () => setRange(whole) }));
  useLayoutEffect(() => {
    const measure = () => setWidth(box.current.clientWidth);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box.current);
    const again = () => setRedraw((count) => count + 1);
    const queries = [matchMedia("(prefers-color-scheme: dark)"), matchMedia("print")];
    queries.forEach((query) => query.addEventListener("change", again));
    return () => {
      observer.disconnect();
      queries.forEach((query) => query.removeEventListener("change", again));
    };
  }, []);

  // The moment stays in sight.
  useLayoutEffect(() => {
    if (moment.cycle >= range.begin && moment.cycle <= range.end) return;
    const length = range.end - range.begin;
    setRange(within({ begin: moment.cycle - length / 2, end: moment.cycle + length / 2 }, recording.cycles));
  }, [moment.cycle]);
  useLayoutEffect(() => {
    if (width > 0) draw(canvas.current, lanes, recording, range, width);
  }, [lanes, range, width, theme, redraw]);

  const cycleAt = (event) => {
    const { left } = box.current.getBoundingClientRect();
    return range.begin + ((event.clientX - left) / width) * (range.end - range.begin);
  };
  const down = (event) => {
    if (event.button !== 0) return;
    drag.current = { x: event.clientX, range, moved: false };
    box.current.setPointerCapture(event.pointerId);
  };
  const move = (event) => {
    if (!drag.current) return;
    const distance = event.clientX - drag.current.x;
    if (Math.abs(distance) < 4 && !drag.current.moved) return;
    drag.current.moved = true;
    const old = drag.current.range;
    const shift = (-distance / width) * (old.end - old.begin);
    setRange(within({ begin: old.begin + shift, end: old.end + shift }, recording.cycles));
  };
  const up = (event) => {
    if (drag.current && !drag.current.moved) onGo(Math.round(cycleAt(event)));
    drag.current = null;
  };
  const wheel = (event) => {
    if (!event.ctrlKey && !event.metaKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) return zoom(event.deltaY > 0 ? 1.25 : 0.8, cycleAt(event));
    const shift = (event.deltaX / width) * (range.end - range.begin);
    setRange((old) => within({ begin: old.begin + shift, end: old.end + shift }, recording.cycles));
  };
  useEffect(() => {
    const element = box.current;
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  });

  const share = (moment.cycle - range.begin) / (range.end - range.begin);
  // The next of a lane, or the one before.
  const visit = (lane, way) => {
    const index = lane.next(moment.record ?? moment.index - 1, way);
    if (index !== null) onRecord(index);
  };
  return (
    <div class="timeline">
      <div class="lane-names">
        {recording.run.series.length > 1 && <span style={{ height: `${LANE}px` }}>miss rate</span>}
        {lanes.map((lane) => <button type="button" style={{ height: `${LANE}px` }} aria-label={`${lane.title}: to the next`} title={`${lane.means}. To the next; with Shift to the one before`} onClick={(event) => visit(lane, event.shiftKey ? -1 : 1)}>{lane.title}</button>)}
      </div>
      <div class="lanes" ref={box} role="slider" tabIndex={0} aria-label="Timeline" aria-valuemin={0} aria-valuemax={recording.cycles} aria-valuenow={moment.cycle} aria-valuetext={`cycle ${moment.cycle}`}
        onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={() => { drag.current = null; }}>
        <canvas ref={canvas} />
        <Axis range={range} width={width} />
        {share >= 0 && share <= 1 && <div class="cursor" style={{ left: `${share * 100}%` }} />}
      </div>
      <div class="zooms">
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => zoom(0.5)}>+</button>
        <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => zoom(2)}>−</button>
        <button type="button" aria-label="Show the whole run" title="The whole run (0)" onClick={() => setRange(whole)}>⤢</button>
      </div>
    </div>
  );
}
