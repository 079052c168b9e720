/**
 * Matches the rows that senders and receivers noted about the same datagrams (handover-samples.ts), and measures how
 * late each hand-over was: from the instant at which the emulated link should have delivered a datagram to
 * the instant at which the receiving node's handler got it. This includes the waits in the sender's
 * event loop, in the kernel, in a socket buffer and in the receiver's event loop.
 *
 * A packet whose last bytes are the same on every hop is recognised on its whole route. Its lateness is the lateness of
 * the turn in which its source sent it, plus that of each hop; its latency minus this sum is the latency that it would
 * have had without lateness. No interval is counted twice: if the receiving node's link clock began the next link
 * before the handler had the processor (pump.ts), the hop ends at that instant.
 *
 * There are at most 65,536 journeys, which are closed after five seconds. Hops that cannot be measured, because of
 * losses, equal bytes or clocks of other machines, are counted and not estimated. Knows no protocol.
 *
 * @module
 */
import { LogHistogram } from '../../measure/histogram.ts';
import {
  SAMPLE_KIND_DELIVERED,
  SAMPLE_KIND_HANDLED,
  SAMPLE_KIND_SENT,
  SAMPLE_KIND_SOURCED,
  SAMPLE_ROW_LENGTH,
  type SampleBatch,
} from './handover-samples.ts';

/**
 * Time after which no more rows about a datagram are expected, ns; a full socket buffer delays a datagram by a third of
 * a second.
 */
const SETTLE_NS = 5_000_000_000;
const JOURNEYS_MAX = 65_536;
/** Largest number of hops per tag. Datagrams with equal bytes between the same hosts count as one hop. */
const HOPS_MAX = 64;

/** Whether a hop could be measured. */
type HopState = 'measured' | 'unmatched' | 'ambiguous' | 'across';

interface Hop {
  readonly from: number;
  readonly to: number;
  offeredNs: number;
  dueNs: number;
  writtenNs: number;
  takenNs: number;
  /** Number of rows about this tag that the sender and the receiver have noted. */
  lefts: number;
  takens: number;
  /** Numbers of the clocks that sender and receiver read; equal numbers are the same clock. */
  leftClock: number;
  takenClock: number;
}

interface Ending {
  readonly source: number;
  readonly host: number;
  readonly sentNs: number;
  readonly deliveredNs: number;
  readonly clock: number;
}

interface Journey {
  readonly beganNs: number;
  readonly hops: Hop[];
  readonly endings: Ending[];
  /** The turn in which an application sent the datagram. */
  turn: { readonly dueNs: number; readonly cameNs: number; readonly clock: number } | undefined;
  isTornOff: boolean;
}

/** The interval that is measured, ns of the scenario's time. */
export interface MeasuredInterval {
  readonly fromNs: number;
  readonly untilNs: number;
}

/** Numbers of samples, and of those that measured nothing, by the reason. */
export interface HandoverSampleCounts {
  /** Number of sampled datagrams. */
  readonly sampled: number;
  /**
   * Number of hops that only one end has noted: the datagram was lost, or the row of the other end was.
   */
  readonly unmatched: number;
  /**
   * Number of hops where the same last bytes were seen more than once, so that datagrams cannot be
   * distinguished.
   */
  readonly ambiguous: number;
  /** Number of hops whose two ends were on different clocks. */
  readonly across: number;
  /** Number of rows that were dropped, because too many rows waited to be collected. */
  readonly untold: number;
  /** Number of sampled application packets whose route was not observed completely. */
  readonly unfollowed: number;
}

/**
 * Matches the rows that senders and receivers noted about the same datagrams, and measures how late each datagram
 * was.
 */
export class HandoverMatcher {
  /** For each hop: time from the nominal end of the link to the start of the handler, ns. */
  readonly hop = new LogHistogram();
  /** For each hop: time from the send to the kernel to the start of the handler, ns. */
  readonly wait = new LogHistogram();
  /** For each packet: the lateness of its source and of all hops, ns. */
  readonly way = new LogHistogram();
  /** For each packet: time on emulated links, including their queues, ns. */
  readonly links = new LogHistogram();
  /** For each packet: latency minus its lateness, ns. */
  readonly onTime = new LogHistogram();
  readonly #window: MeasuredInterval;
  readonly #journeys = new Map<number, Journey>();
  readonly #counts = { measured: 0, unmatched: 0, ambiguous: 0, across: 0 };
  #sampled = 0;
  #untold = 0;
  #unfollowed = 0;
  #newestNs = 0;

  constructor(window: MeasuredInterval) {
    this.#window = window;
  }

  get counts(): HandoverSampleCounts {
    const { unmatched, ambiguous, across } = this.#counts;
    const [sampled, untold, unfollowed] = [this.#sampled, this.#untold, this.#unfollowed];
    return { sampled, unmatched, ambiguous, across, untold, unfollowed };
  }

  /**
   * Takes the rows of one world.
   * @param clock Number of the clock that the world read; worlds on one machine share a clock.
   */
  note({ rows, untold }: SampleBatch, clock: number): void {
    this.#untold += untold;
    for (let at = 0; at + SAMPLE_ROW_LENGTH <= rows.length; at += SAMPLE_ROW_LENGTH)
      this.#row(rows, at, clock);
    for (const [tag, journey] of this.#journeys) {
      const isOld = journey.beganNs < this.#newestNs - SETTLE_NS;
      if (!isOld && this.#journeys.size <= JOURNEYS_MAX) break;
      this.#close(tag, journey);
    }
  }

  /** Closes the open journeys; called when no more rows will come. */
  finish(): void {
    for (const [tag, journey] of this.#journeys) this.#close(tag, journey);
  }

  #row(rows: Float64Array, at: number, clock: number): void {
    const kind = rows[at] as number;
    const tag = rows[at + 1] as number;
    const from = rows[at + 2] as number;
    const to = rows[at + 3] as number;
    const first = rows[at + 4] as number;
    const second = rows[at + 5] as number;
    const journey = this.#journey(tag, first);
    if (kind === SAMPLE_KIND_SENT) {
      const hop = hopOf(journey, from, to);
      if (hop === undefined) return;
      hop.lefts += 1;
      hop.leftClock = clock;
      hop.offeredNs = first;
      hop.dueNs = second;
      hop.writtenNs = rows[at + 6] as number;
    } else if (kind === SAMPLE_KIND_HANDLED) {
      const hop = hopOf(journey, from, to);
      if (hop === undefined) return;
      hop.takens += 1;
      hop.takenClock = clock;
      hop.takenNs = first;
    } else if (kind === SAMPLE_KIND_SOURCED) {
      journey.turn = { dueNs: first, cameNs: second, clock };
    } else if (kind === SAMPLE_KIND_DELIVERED) {
      const ending = { source: from, host: to, sentNs: first, deliveredNs: second, clock };
      journey.endings.push(ending);
    }
  }

  #journey(tag: number, atNs: number): Journey {
    this.#newestNs = Math.max(this.#newestNs, atNs);
    const known = this.#journeys.get(tag);
    if (known !== undefined && atNs - known.beganNs <= SETTLE_NS) return known;
    // The bytes are equal, but the row is much later, so it is about a different datagram.
    if (known !== undefined) this.#close(tag, known);
    const made: Journey = {
      beganNs: atNs,
      hops: [],
      endings: [],
      turn: undefined,
      isTornOff: false,
    };
    this.#journeys.set(tag, made);
    return made;
  }

  #close(tag: number, journey: Journey): void {
    this.#journeys.delete(tag);
    for (const hop of journey.hops) this.#measure(hop);
    for (const ending of journey.endings) {
      if (!this.#isInside(ending.sentNs)) continue;
      const lateNs = journey.isTornOff ? undefined : latenessOf(journey, ending);
      if (lateNs === undefined) {
        this.#unfollowed += 1;
        continue;
      }
      // The instants may come from another machine and may be inconsistent.
      const onLinksNs = journey.hops.reduce((sum, hop) => sum + hop.dueNs - hop.offeredNs, 0);
      this.way.record(atLeastZero(lateNs));
      this.links.record(atLeastZero(onLinksNs));
      this.onTime.record(atLeastZero(ending.deliveredNs - ending.sentNs - lateNs));
    }
  }

  #measure(hop: Hop): void {
    if (!this.#isInside(hop.lefts > 0 ? hop.dueNs : hop.takenNs)) return;
    const state = stateOf(hop);
    this.#sampled += hop.lefts;
    this.#counts[state] += Math.max(hop.lefts, hop.takens);
    if (state !== 'measured') return;
    this.hop.record(atLeastZero(hop.takenNs - hop.dueNs));
    this.wait.record(atLeastZero(hop.takenNs - hop.writtenNs));
  }

  #isInside(ns: number): boolean {
    return ns >= this.#window.fromNs && ns < this.#window.untilNs;
  }
}

/** The hop between two hosts; undefined if a tag has too many hops. */
function hopOf(journey: Journey, from: number, to: number): Hop | undefined {
  const known = journey.hops.find((hop) => hop.from === from && hop.to === to);
  if (known !== undefined) return known;
  if (journey.hops.length >= HOPS_MAX) {
    journey.isTornOff = true;
    return undefined;
  }
  const instants = { offeredNs: 0, dueNs: 0, writtenNs: 0, takenNs: 0 };
  const made = { from, to, ...instants, lefts: 0, takens: 0, leftClock: 0, takenClock: 0 };
  journey.hops.push(made);
  return made;
}

/** Brings a duration into the range of integers that a histogram accepts. */
function atLeastZero(ns: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(ns)));
}

function stateOf({ lefts, takens, leftClock, takenClock }: Hop): HopState {
  if (lefts > 1 || takens > 1) return 'ambiguous';
  if (lefts + takens < 2) return 'unmatched';
  return leftClock === takenClock ? 'measured' : 'across';
}

/**
 * The lateness of a packet from its source's turn to the handler of its last node, ns; undefined if
 * part of the route was not observed, or by different clocks.
 */
function latenessOf({ hops, turn }: Journey, ending: Ending): number | undefined {
  const { source, host, sentNs, clock } = ending;
  // A packet that its node held back was not sent in the turn of its source, and a packet that
  // shares a datagram has the turn of another packet.
  if (turn === undefined || turn.dueNs !== sentNs || turn.clock !== clock) return undefined;
  const way = hops.toSorted((a, b) => a.dueNs - b.dueNs);
  let lateNs = turn.cameNs - turn.dueNs;
  let at = source;
  for (const [index, hop] of way.entries()) {
    if (hop.from !== at || stateOf(hop) !== 'measured' || hop.leftClock !== clock) return undefined;
    const nextNs = way[index + 1]?.offeredNs ?? Number.POSITIVE_INFINITY;
    lateNs += Math.max(0, Math.min(hop.takenNs, nextNs) - hop.dueNs);
    at = hop.to;
  }
  return way.length > 0 && at === host ? Math.floor(lateNs) : undefined;
}
