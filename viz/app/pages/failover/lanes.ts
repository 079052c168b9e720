/**
 * Makes lanes, which are rows of segments. A segment is the time during which a state machine of
 * the trace was in one state, or during which one path carried more packets than the others
 * according to the series of a report.
 *
 * @module
 */
import type { MachineStateEntries, StateChangeRow, TraceInfo } from '../../data/trace-answers.ts';
import type { StepSeries } from './steps.ts';

/**
 * A segment of a lane: the interval during which it has one state; times are in ns after the fault.
 */
export interface StateSegment {
  readonly fromNs: number;
  readonly toNs: number;
  readonly state: string;
}

/** A row of states over time: one state machine, link or path. */
export interface StateLane {
  readonly label: string;
  readonly segments: readonly StateSegment[];
}

/** The visible interval, and the instant that counts as 0; all in ns of the run. */
export interface LaneWindow {
  readonly zeroNs: number;
  readonly fromNs: number;
  readonly toNs: number;
}

/** The states of all nodes at the start of the window, and their changes inside the window. */
export interface StateHistory {
  readonly before: MachineStateEntries;
  readonly changes: readonly StateChangeRow[];
}

/** Returns the lane of one state machine of a node; undefined if the trace has no such machine. */
export function machineLane(
  history: StateHistory,
  of: { readonly node: number; readonly machine: string; readonly label: string },
  span: LaneWindow,
): StateLane | undefined {
  const first = history.before
    .find(([node]) => node === of.node)?.[1]
    .find(([machine]) => machine === of.machine)?.[1];
  const own = history.changes.filter(
    ({ node, machine }) => node === of.node && machine === of.machine,
  );
  if (first === undefined && own.length === 0) return undefined;
  const steps = [
    ...(first === undefined ? [] : [{ timeNs: span.fromNs, state: first }]),
    ...own.filter(({ timeNs }) => timeNs < span.toNs),
  ];
  return { label: of.label, segments: merged(steps, span) };
}

/** Returns the names of the state machines of a node, sorted. */
function machinesOf(history: StateHistory, node: number): readonly string[] {
  const before = history.before.find(([number]) => number === node)?.[1] ?? [];
  const names = [
    ...before.map(([machine]) => machine),
    ...history.changes.filter((row) => row.node === node).map(({ machine }) => machine),
  ];
  return [...new Set(names)].sort();
}

/**
 * Returns the lane that shows when a link or node was up, from the faults that affect it. `word`
 * names its state during a fault.
 */
export function linkStateLane(
  { target, word }: { readonly target: string; readonly word: string },
  faults: readonly { readonly beginNs: number; readonly endNs: number | undefined }[],
  span: LaneWindow,
): StateLane {
  const steps: { timeNs: number; state: string }[] = [{ timeNs: span.fromNs, state: 'up' }];
  const isHitAt = (timeNs: number): boolean =>
    faults.some(
      ({ beginNs, endNs = Number.POSITIVE_INFINITY }) => beginNs <= timeNs && timeNs < endNs,
    );
  const instants = faults.flatMap(({ beginNs, endNs }) => [beginNs, endNs ?? span.toNs]);
  for (const timeNs of [span.fromNs, ...instants].sort((a, b) => a - b)) {
    if (timeNs < span.fromNs || timeNs >= span.toNs) continue;
    steps.push({ timeNs, state: isHitAt(timeNs) ? word : 'up' });
  }
  return { label: target, segments: merged(steps, span) };
}

/**
 * Returns names of state machines of the gateway at the source of a flow: the state of `chosen`
 * names the path in use; the states of `healths` tell the health of each path.
 */
export function pathMachineNames(
  info: TraceInfo,
  history: StateHistory,
  flow: { readonly source: number; readonly target: number },
): { readonly chosen: string; readonly healths: readonly { machine: string; label: string }[] } {
  const peer = info.nodes[flow.target]?.name ?? '';
  const ending = ` to ${peer}`;
  const healths = machinesOf(history, flow.source)
    .filter((name) => name.startsWith('path ') && name.endsWith(ending) && name !== `path${ending}`)
    .map((machine) => ({ machine, label: machine.slice('path '.length, -ending.length) }));
  return { chosen: `path${ending}`, healths };
}

/**
 * Returns the lane that shows, for each step, which path carried more packets than the others;
 * undefined without series of paths.
 */
export function busiestPathLane(
  paths: readonly (StepSeries & { readonly name: string })[],
  span: LaneWindow,
): StateLane | undefined {
  const stepNs = paths[0]?.stepNs;
  if (stepNs === undefined) return undefined;
  const first = Math.max(0, Math.floor(span.fromNs / stepNs));
  const last = Math.ceil(span.toNs / stepNs);
  const steps: { timeNs: number; state: string }[] = [];
  for (let at = first; at < last; at += 1) {
    const busiest = [...paths].sort((a, b) => (b.values[at] ?? 0) - (a.values[at] ?? 0))[0];
    const isUsed = busiest !== undefined && (busiest.values[at] ?? 0) > 0;
    steps.push({
      timeNs: Math.max(span.fromNs, at * stepNs),
      state: isUsed ? busiest.name : 'none',
    });
  }
  return { label: '', segments: merged(steps, span) };
}

function merged(
  steps: readonly { readonly timeNs: number; readonly state: string }[],
  { zeroNs, toNs }: LaneWindow,
): readonly StateSegment[] {
  const segments: { fromNs: number; toNs: number; state: string }[] = [];
  for (const { timeNs, state } of steps) {
    const last = segments.at(-1);
    if (last?.state === state) continue;
    if (last !== undefined) last.toNs = timeNs - zeroNs;
    segments.push({ fromNs: timeNs - zeroNs, toNs: toNs - zeroNs, state });
  }
  return segments.filter((segment) => segment.toNs > segment.fromNs);
}
