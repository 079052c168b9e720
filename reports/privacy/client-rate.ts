/**
 * Tests whether the link of a client reveals whether it has messages to send, by a two-sample
 * Kolmogorov-Smirnov test between the inter-send times of clients that wrote messages or
 * acknowledgements and of those that did not (docs/spec/privacy-metrics.md, "Tests of traffic").
 *
 * A client sends each packet at the instant of its creation, so a global passive adversary sees the
 * creation times.
 *
 * @module
 */
import { kolmogorovPValue } from './delay-fit.ts';
import { EVENT_CREATED, PURPOSE_CONTENT, PURPOSE_REACTION, type RunTruth } from './truth/truth.ts';

/** With fewer intervals than this in one of the two groups, no test is made. */
const INTERVALS_MIN = 20;

/** The record, the clients and the period of the test. */
export interface ClientRateTestInput {
  readonly truth: RunTruth;
  /** Names of all clients, including those that never sent. */
  readonly clients: readonly string[];
  readonly fromNs: number;
  readonly untilNs: number;
}

/**
 * The p-value of the test; 0 if busy clients send and idle clients are silent. Undefined if all clients
 * are busy, all are idle, or there are too few intervals.
 */
export function clientRatePValue(question: ClientRateTestInput): number | undefined {
  const { busy, idle, idleClients } = intervalsOf(question);
  if (busy.length < INTERVALS_MIN || idleClients === 0) return undefined;
  if (idle.length === 0) return 0;
  if (idle.length < INTERVALS_MIN) return undefined;
  const n = (busy.length * idle.length) / (busy.length + idle.length);
  return kolmogorovPValue(distanceOf(busy, idle), n);
}

interface Intervals {
  /** Intervals between the packets of clients that had something to send, ns, ascending. */
  readonly busy: readonly number[];
  /** Intervals between the packets of all other clients, ns, ascending. */
  readonly idle: readonly number[];
  readonly idleClients: number;
}

function intervalsOf({ truth, clients, fromNs, untilNs }: ClientRateTestInput): Intervals {
  const { events, messages, nodes } = truth;
  const last = new Map<number, number>();
  const found = new Map<number, number[]>();
  const busyNodes = new Set<number>();
  for (let i = 0; i < events.count; i += 1) {
    const at = events.atNs[i] as number;
    if (events.code[i] !== EVENT_CREATED || at < fromNs || at >= untilNs) continue;
    const node = events.node[i] as number;
    const purpose = messages.purpose[events.message[i] as number];
    // A client creates messages of these purposes only because it has something to send.
    if (purpose === PURPOSE_CONTENT || purpose === PURPOSE_REACTION) busyNodes.add(node);
    const before = last.get(node);
    last.set(node, at);
    if (before === undefined) continue;
    const intervals = found.get(node) ?? [];
    intervals.push(at - before);
    found.set(node, intervals);
  }
  const all = clients.map((name) => nodes.indexOf(name));
  const idleNodes = all.filter((node) => !busyNodes.has(node));
  const of = (group: readonly number[]): number[] =>
    group.flatMap((node) => found.get(node) ?? []).sort((a, b) => a - b);
  return {
    busy: of(all.filter((node) => busyNodes.has(node))),
    idle: of(idleNodes),
    idleClients: idleNodes.length,
  };
}

/** Greatest distance between two empirical distributions of ascending samples. */
function distanceOf(a: readonly number[], b: readonly number[]): number {
  let [i, j, distance] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i] as number, b[j] as number);
    while (i < a.length && (a[i] as number) <= x) i += 1;
    while (j < b.length && (b[j] as number) <= x) j += 1;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  return distance;
}
