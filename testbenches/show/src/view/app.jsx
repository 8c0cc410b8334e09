// The page: banners, controls, what happens, the timeline, and the panels that have data.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { lookAt } from "../model/look.js";
import { atAccess, atCycle } from "../model/moment.js";
import { decodePte } from "../model/pte.js";
import { Recording } from "../model/recording.js";
import { differences, follow, nextDifference } from "../model/together.js";
import { processName, whoOf } from "../words/names.js";
import { About, Banners, Help, SourceLines } from "./about.jsx";
import { Address, Steps } from "./address.jsx";
import { Controls } from "./controls.jsx";
import { Editor } from "./editor.jsx";
import { Frames } from "./frames.jsx";
import { onKey } from "./keys.js";
import { Marks } from "./marks.jsx";
import { Guard, Panel } from "./parts.jsx";
import { usePlayer } from "./player.js";
import { Replacement, referencesOf } from "./replacement.jsx";
import { Search } from "./search.jsx";
import { Sticky } from "./sticky.jsx";
import { Spaces } from "./spaces.jsx";
import { Timeline } from "./timeline.jsx";
import { Tlbs } from "./tlb.jsx";
import { Counts, Earlier, Told } from "./told.jsx";
import { Tree } from "./tree.jsx";

const THEMES = ["system", "light", "dark"];

/** The theme, remembered where the browser allows it. */
function useTheme() {
  const stored = () => {
    try {
      const known = localStorage.getItem("pagewalk-theme");
      return THEMES.includes(known) ? known : "system";
    } catch {
      return "system";
    }
  };
  const [name, setName] = useState(stored);
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = name;
    try {
      localStorage.setItem("pagewalk-theme", name);
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }, [name]);
  return { name, next: () => setName(THEMES[(THEMES.indexOf(name) + 1) % THEMES.length]) };
}

/** Which panels have data in any of the runs. */
function panelsOf(recordings) {
  const any = (is) => recordings.some(is);
  return {
    address: any((r) => r.has("access")),
    tree: any((r) => r.has("read") || r.has("pte")),
    tlb: any((r) => r.machine.tlbs.length > 0 && (r.has("line") || r.machine.tlbs.some((tlb) => tlb.seen === false))),
    frames: any((r) => r.machine.frames !== null && r.has("frame")),
    spaces: any((r) => r.has("region")),
    replacement: any((r) => r.has("policy") || r.has("access") && r.last.pages.size > 0 && r.records.some((record) => record.k === "event" && record.event === "page_fault")),
  };
}

export function App({ document: given, onRun }) {
  const recordings = useMemo(() => given.runs.map((run) => new Recording(run)), [given]);
  const panels = useMemo(() => panelsOf(recordings), [recordings]);
  const [pid, setPid] = useState(null);
  const [by, setBy] = useState("access");
  const [help, setHelp] = useState(false);
  const theme = useTheme();
  const player = usePlayer(recordings[0]);
  const search = useRef(null);
  const found = useRef(null);
  const timeline = useRef(null);
  const [frame, setFrame] = useState(null);
  const [note, setNote] = useState(null);

  const followed = recordings.map((recording, i) => i === 0 ? { moment: player.moment, exact: true } : follow(recordings[0], player.moment, recording, by));
  const apart = useMemo(() => differences(recordings[0], recordings[1]), [recordings]);
  const nextApart = nextDifference(apart, recordings[0], player.moment);
  const differ = apart.find(({ rank }) => rank === player.moment.access);
  const looks = recordings.map((recording, i) => lookAt(recording, followed[i].moment, pid));
  const [lead] = looks;
  const two = looks.length > 1;
  // A note is shown until the moment changes.
  const say = (text) => setNote({ text, moment: player.latest() });
  const goApart = () => {
    if (nextApart !== null) return player.to(atAccess(recordings[0], nextApart.rank));
    return two && say(apart.length === 0 ? "The two runs do not differ in faults or victims." : "This was the last difference: after it they have the same faults and victims.");
  };
  // What was found is one part of a story: steps go on with the next part.
  const toStory = () => {
    if (["change", "record"].includes(player.unit)) return;
    player.setUnit("change");
    setTimeout(() => say("Steps go by all that changes now, so that → shows what follows."), 0);
  };

  useEffect(() => {
    document.title = `${given.title} · pagewalk`;
  }, []);
  useLayoutEffect(() => {
    const keys = { apart: goApart, player, theme, timeline, search, found, help: () => setHelp(true) };
    const handle = (event) => {
      if (onKey(event, keys)) event.preventDefault();
    };
    addEventListener("keydown", handle);
    return () => removeEventListener("keydown", handle);
  });

  const goIn = (i) => (cycle) => {
    if (i === 0) return player.cycle(cycle);
    return player.to(follow(recordings[i], atCycle(recordings[i], cycle), recordings[0], by).moment);
  };
  const goRecordIn = (i) => (index) => i === 0 ? player.record(index) : goIn(i)(recordings[i].records[index].at);
  const { step } = lead;
  const replaced = panels.replacement && looks.some((look) => look.state.policy !== null || look.pid !== null && referencesOf(look.recording, look.pid).list.length > 0);
  return (
    <>
      <a class="skip" href="#what" onClick={(event) => { event.preventDefault(); document.getElementById("what").focus(); }}>To what happens</a>
      <header>
        <h1>{given.title}</h1>
        {given.idea && <p class="idea">{given.idea}</p>}
        <Banners document={given} recordings={recordings} />
      </header>
      <main class={`${two ? "two" : "one"}`}>
        <nav class="bar" aria-label="Controls">
          <Controls lead={lead} looks={looks} player={player} choice={{ pid, set: setPid }} sync={{ by, set: setBy }} apart={recordings.length > 1 ? { next: nextApart, go: goApart } : null} theme={theme} onHelp={() => setHelp(true)}>
            <Search lead={lead} onGo={player.record} onCycle={player.cycle} onStory={toStory} field={search} register={(handle) => { found.current = handle; }} />
          </Controls>
          <Sticky lead={lead} />
        </nav>
        <section class="panel wide p-what" id="what" tabIndex={-1} aria-labelledby="h-what">
          <h2 id="h-what" class="hidden">What happens</h2>
          {differ && <p class="differ" role="status"><b>They differ here:</b> {differ.text}</p>}
          {note?.moment === player.moment && <p class="hint" role="status">{note.text}</p>}
          <div class={`bodies runs-${looks.length}`}>
            {looks.map((look, i) => (
              <div class="body" key={i}>
                {two && <p class="run-name">{look.recording.run.name}{!followed[i].exact && <span class="note"> has no such {by}; the nearest is shown</span>}</p>}
                <Guard moment={look.moment}>
                  <div class="happening">
                    <div aria-live={player.playing ? "off" : "polite"} aria-atomic="true"><Told {...look} /></div>
                    {!two && <Earlier look={look} onGo={goRecordIn(i)} />}
                  </div>
                  <Counts {...look} />
                </Guard>
              </div>
            ))}
          </div>
          <Marks of="what" name="What the words mean" />
        </section>
        <section class="panel wide p-timeline" aria-labelledby="h-timeline">
          <h2 id="h-timeline" class="hidden">Timeline</h2>
          {looks.map((look, i) => (
            <div key={i}>
              {two && <p class="run-name">{look.recording.run.name}</p>}
              <Timeline look={look} onGo={goIn(i)} onRecord={goRecordIn(i)} onNote={say} register={i === 0 ? (handle) => { timeline.current = handle; } : undefined} />
            </div>
          ))}
          <Marks of="timeline" />
        </section>
        {given.served && given.source && <Editor source={given.source} onRun={onRun} />}
        {given.source && step?.line && (
          <section class="panel wide p-source" aria-labelledby="h-source"><h2 id="h-source">The step <span class="note">{given.source.name}</span></h2><SourceLines source={given.source} line={step.line} /></section>
        )}
        {panels.address && <Panel id="address" title="Virtual address" looks={looks} wide>{(look) => <Address {...look} />}</Panel>}
        {panels.tree && (
          <Panel id="tree" title="Page tables" note={(lead.pid !== null || lead.recording.harts.length > 1) && !two ? `of ${nameOf(lead)}` : null} looks={looks} wide={two || !panels.tlb}>
            {(look) => <><Tree {...look} />{panels.address && <Steps {...look} decode={decodePte} />}<Key look={look} /></>}
          </Panel>
        )}
        {panels.tlb && <Panel id="tlb" title="TLB" looks={looks} wide={two || !panels.tree}>{(look) => <Tlbs {...look} />}</Panel>}
        {panels.frames && <Panel id="frames" title="Physical memory" looks={looks} wide={two || !panels.spaces}>{(look, i) => <Frames {...look} chosen={frame} onChoose={setFrame} onGo={goRecordIn(i)} />}</Panel>}
        {panels.spaces && <Panel id="spaces" title="Address spaces" looks={looks} wide={two || !panels.frames}>{(look) => <Spaces {...look} />}</Panel>}
        {replaced && <Panel id="replacement" title="Page replacement" note={!two ? `references of ${nameOf(lead)}` : null} looks={looks} wide>{(look) => <Replacement {...look} />}</Panel>}
        <About document={given} recordings={recordings} />
      </main>
      <Help open={help} onClose={() => setHelp(false)} />
    </>
  );
}

const nameOf = (look) => look.state.processes.get(look.pid)?.name ?? (look.recording.harts.length > 1 ? `hart ${look.hart}` : "the hart");

/** Why entries of the path were not read. */
function unread({ focus, own, recording, state, pid }, read) {
  if (!own) return `the same address in the tables of ${processName(state, pid)}; the access is of ${whoOf(recording, state, focus.record)}`;
  if (read) return "known to the walk cache";
  if (!focus.done) return "where the walk will go; it has not read yet";
  return ["tlb", "l2"].includes(focus.record.how) ? "where a walk would go; none was needed" : "where a walk would go; this access read nothing";
}

/** What the strokes of the tree mean. */
function Key({ look }) {
  if (look.path.length === 0) return null;
  const read = look.path.some((step) => step.read);
  const known = look.path.some((step) => !step.read);
  return <p class="quiet key">{read && <span class="k-read">read by this walk</span>}{known && <span class="k-known">{unread(look, read)}</span>}<span>→ pointer</span><span>▪ leaf</span><span>Only valid entries are shown.</span></p>;
}
