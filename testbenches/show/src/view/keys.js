// The keyboard: which key does what, apart from the fields that take text.

import { UNITS } from "../model/moment.js";
import { SPEEDS } from "./controls.jsx";

/** Handles a key; returns whether it meant something. */
export function onKey(event, { player, theme, timeline, search, found, help, apart }) {
  if (event.altKey || event.ctrlKey || event.metaKey || document.querySelector("dialog[open]")) return false;
  const target = event.target;
  if (target.matches?.("input, select, textarea")) return false;
  // A box that can be scrolled keeps the keys that scroll it.
  const scrolls = target.matches?.(".scroll") && target.scrollWidth > target.clientWidth;
  if (scrolls && ["ArrowLeft", "ArrowRight", "Home", "End", " "].includes(event.key)) return false;
  // A focused button takes the space bar for itself.
  const button = target.matches?.("button, summary, a");
  switch (event.key) {
    case "ArrowRight": event.shiftKey ? player.by("cycle", 1) : player.forward(); return true;
    case "ArrowLeft": event.shiftKey ? player.by("cycle", -1) : player.back(); return true;
    case " ": if (button) return false; player.toggle(); return true;
    case "Home": player.first(); return true;
    case "End": player.last(); return true;
    case "/": search.current?.focus(); search.current?.select(); return true;
    case "?": help(); return true;
    case "d": apart(); return true;
    case "n": case "N": found.current?.move(event.key === "n" ? 1 : -1); return true;
    case "t": theme.next(); return true;
    case "+": case "=": timeline.current?.zoom(0.5); return true;
    case "-": timeline.current?.zoom(2); return true;
    case "0": timeline.current?.fit(); return true;
    case "[": case "]": {
      const at = SPEEDS.indexOf(player.speed) + (event.key === "]" ? 1 : -1);
      if (SPEEDS[at]) player.setSpeed(SPEEDS[at]);
      return true;
    }
    case "1": case "2": case "3": case "4": case "5": player.setUnit(UNITS[Number(event.key) - 1]); return true;
    default: return false;
  }
}
