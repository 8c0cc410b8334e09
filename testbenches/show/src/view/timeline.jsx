// The timeline: a picture with a lane for each kind of happening, made again only when what it
// shows changes. The cursor is an element over it, so a step does not draw.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { lanesOf } from "../model/lanes.js";
import { Axis } from "./axis.jsx";
import { HEIGHT, Lanes } from "./lanes.jsx";

const LEAST = 8;

/** Keeps a range within the run, and its length between a few cycles and all. */
function within(range, cycles) {
  const length = Math.min(Math.max(range.end - range.begin, LEAST), Math.max(cycles, LEAST));
  const begin = Math.min(Math.max(0, range.begin), Math.max(0, Math.max(cycles, LEAST) - length));
  return { begin, end: begin + length };
}

export function Timeline({ look, onGo, onRecord, onNote, register }) {
  const { recording, moment } = look;
  const lanes = useMemo(() => lanesOf(recording), [recording]);
  const whole = within({ begin: 0, end: recording.cycles }, recording.cycles);
  const seen = recording.run.window;
  // Where single accesses are recorded is what one wants to see first.
  const [range, setRange] = useState(seen?.whole === false && seen.to > seen.from ? within({ begin: seen.from, end: seen.to }, recording.cycles) : whole);
  const [width, setWidth] = useState(0);
  const box = useRef(null);
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
    return () => observer.disconnect();
  }, []);

  // The moment stays in sight.
  useLayoutEffect(() => {
    if (moment.cycle >= range.begin && moment.cycle <= range.end) return;
    const length = range.end - range.begin;
    setRange(within({ begin: moment.cycle - length / 2, end: moment.cycle + length / 2 }, recording.cycles));
  }, [moment.cycle]);
  const picture = useMemo(() => <Lanes lanes={lanes} run={recording.run} range={range} width={width} />, [lanes, range, width]);

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
    if (index !== null) return onRecord(index);
    return onNote?.(`There is no ${way > 0 ? "later" : "earlier"} mark in the lane ${lane.title}.`);
  };
  return (
    <div class="timeline">
      <div class="lane-names">
        {recording.run.series.length > 1 && <span style={{ height: `${HEIGHT}px` }}>miss rate</span>}
        {lanes.map((lane) => <button type="button" style={{ height: `${HEIGHT}px` }} aria-label={`${lane.title}: to the next`} title={`${lane.means}. To the next; with Shift to the one before`} onClick={(event) => visit(lane, event.shiftKey ? -1 : 1)}>{lane.title}</button>)}
      </div>
      <div class="lanes" ref={box} role="slider" tabIndex={0} aria-label="Timeline" aria-valuemin={0} aria-valuemax={recording.cycles} aria-valuenow={moment.cycle} aria-valuetext={`cycle ${moment.cycle}`}
        onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={() => { drag.current = null; }}>
        {picture}
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
