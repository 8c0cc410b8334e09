// The controls: stepping, playing, where we are, which process, the theme.

import { UNITS } from "../model/moment.js";
import { processName } from "../words/names.js";
import { number } from "./parts.jsx";

/** The shapes on the buttons, drawn, since fonts lack some of these signs. */
const SHAPES = {
  first: "M2 2h2.2v12H2zM14 2v12L5.4 8z", back: "M12.5 2v12L4 8z", play: "M3.5 1.5v13L14 8z",
  pause: "M3 2h3.6v12H3zM9.4 2H13v12H9.4z", forward: "M3.5 2v12L12 8z", last: "M11.8 2H14v12h-2.2zM2 2v12l8.6-6z",
};

const Shape = ({ name }) => <svg viewBox="0 0 16 16" aria-hidden="true"><path d={SHAPES[name]} /></svg>;

/** Steps a second. */
export const SPEEDS = [1, 2, 5, 10, 30];

export function Controls({ lead, looks, player, choice, sync, apart, theme, onHelp, children }) {
  const { recording, moment, state } = lead;
  const pids = [...state.processes].map(([pid]) => pid).sort((a, b) => a - b);
  return (
    <div class="controls" role="toolbar" aria-label="Moving through the run">
      <div class="group moves">
        <button type="button" id="first" aria-label="To the start" title="To the start (Home)" onClick={player.first}><Shape name="first" /></button>
        <button type="button" id="back" aria-label="Step back" title="Step back (←)" onClick={player.back}><Shape name="back" /></button>
        <button type="button" id="play" class="main" aria-label={player.playing ? "Pause" : "Play"} aria-pressed={player.playing} title="Play or pause (space)" onClick={player.toggle}><Shape name={player.playing ? "pause" : "play"} /></button>
        <button type="button" id="forward" aria-label="Step forward" title="Step forward (→)" onClick={player.forward}><Shape name="forward" /></button>
        <button type="button" id="last" aria-label="To the end" title="To the end (End)" onClick={player.last}><Shape name="last" /></button>
      </div>
      <label class="group">by
        <select id="unit" value={player.unit} onChange={(event) => player.setUnit(event.currentTarget.value)}>
          {UNITS.filter((unit) => unit !== "access" || recording.answers.length > 0).map((unit) => <option value={unit}>{unit === "change" ? "all that changes" : unit}</option>)}
        </select>
      </label>
      <label class="group">speed
        <select id="speed" value={String(player.speed)} onChange={(event) => player.setSpeed(Number(event.currentTarget.value))}>
          {SPEEDS.map((speed) => <option value={String(speed)}>{speed}/s</option>)}
        </select>
      </label>
      <label class="group">cycle
        <input id="cycle" type="number" min="0" max={recording.cycles} value={moment.cycle} onChange={(event) => player.cycle(Number(event.currentTarget.value))} />
        <span class="quiet">of {number(recording.cycles)}</span>
      </label>
      {pids.length > 1 && (
        <label class="group">process
          <select id="process" value={choice.pid === null ? "" : String(choice.pid)} onChange={(event) => choice.set(event.currentTarget.value === "" ? null : Number(event.currentTarget.value))}>
            <option value="">that of the access</option>
            {pids.map((pid) => <option value={String(pid)}>{processName(state, pid)} ({pid})</option>)}
          </select>
        </label>
      )}
      {looks.length > 1 && (
        <label class="group">in step by
          <select id="sync" value={sync.by} onChange={(event) => sync.set(event.currentTarget.value)}>
            <option value="access">access</option>
            <option value="cycle">cycle</option>
          </select>
        </label>
      )}
      {apart && <button type="button" id="apart" class="group" aria-disabled={apart.next === null} title="To the next moment at which the runs differ (d)" onClick={apart.go}>next difference</button>}
      {children}
      <div class="group ends">
        <button type="button" id="theme" aria-label={`Theme: ${theme.name}`} title="Light, dark, or as the system (t)" onClick={theme.next}>{theme.name === "dark" ? "☾" : theme.name === "light" ? "☀" : "◐"}</button>
        <button type="button" id="help" aria-label="Help" title="Help (?)" onClick={onHelp}>?</button>
      </div>
    </div>
  );
}
