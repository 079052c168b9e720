/**
 * Traces the messages and ways to one peer for the page. It exists only while a trace is recorded,
 * sets no timer and draws no random numbers, so that a run is the same without it.
 *
 * @module
 */

import type { Nanoseconds } from '../../engine/host/time.ts';
import { leastOf } from '../../engine/pure/extremes.ts';
import type { HostPart } from '../_kit/host-part.ts';
import { CHOICE_TRACE, type WayChoice } from '../_kit/way-chooser.ts';
import type {
  ObservedMessage,
  ObservedPiece,
  PeerMessageObserver,
  ResendReason,
  WayState,
} from './peer-watch.ts';
import {
  COSTS_TRACE,
  ENDED_MESSAGES_LISTED_MAX,
  MESSAGE_LIFE_TRACE,
  MESSAGES_TRACE,
  OPEN_MESSAGES_LISTED_MAX,
  TRACED_MESSAGE_LIVES_MAX,
  TRANSMISSIONS_LISTED_MAX,
  type TracedMessage,
  type TracedTransmission,
  type TracedWay,
  type TransmissionReason,
  WAYS_TRACE,
} from './trace-states.ts';

const NS_PER_MS = 1_000_000;
const NS_PER_US = 1_000;
const US_PER_MS = 1_000;
/** Smallest interval between states of the same kind, ns. */
const EVERY_NS = 1_000_000_000;
/**
 * Departures of adjacent bytes of a message that follow each other within this time, ms, are traced
 * as one departure.
 */
const TOGETHER_MS = 50;

const NUMBERS = /[0-9.]+$/;

interface Known {
  readonly message: ObservedMessage;
  readonly sinceMs: number;
  untilMs: number | null;
  state: string;
  readonly again: Map<TransmissionReason, number>;
  /** The latest reason for which bytes of the message were sent again. */
  why: TransmissionReason;
  /** All bytes before this offset have been sent at least once. */
  leftEnd: number;
  departures: TracedTransmission[];
  unlisted: number;
  bytesAgain: number;
  readonly ways: Set<string>;
}

/** Writes the messages and ways to one peer into a trace. */
export class PeerTrace implements PeerMessageObserver {
  readonly #host: HostPart<'trace'>;
  readonly #peer: string;
  readonly #names: readonly string[];
  readonly #known = new Map<number, Known>();
  #ended: Known[] = [];
  /** Numbers of the messages whose transmissions are traced, by slot of the trace. */
  #lives: number[] = [];
  readonly #ways: (TracedWay | undefined)[];
  #listNs: Nanoseconds = Number.NEGATIVE_INFINITY;
  #lifeNs: Nanoseconds = Number.NEGATIVE_INFINITY;
  #wayNs: Nanoseconds = Number.NEGATIVE_INFINITY;
  #wayUse = '';
  #choice = '';
  #choiceNs: Nanoseconds = Number.NEGATIVE_INFINITY;

  /** @param names Names of the carriers, in the order of the ways. */
  constructor(host: HostPart<'trace'>, peer: string, names: readonly string[]) {
    this.#host = host;
    this.#peer = peer;
    this.#names = names;
    this.#ways = names.map(() => undefined);
  }

  accepted(now: Nanoseconds, message: ObservedMessage): void {
    this.#of(now, message);
    this.#list(now);
  }

  sent(now: Nanoseconds, { message, start, end }: ObservedPiece, way: number): void {
    const known = this.#of(now, message);
    const isFirst = start >= known.leftEnd;
    known.leftEnd = Math.max(known.leftEnd, end);
    const name = this.#names[way] ?? '?';
    const atMs = msOf(now);
    const why = isFirst ? 'first' : known.why;
    const last = known.departures.at(-1);
    const isNext =
      last?.end === start &&
      last.way === name &&
      last.why === why &&
      atMs - last.toMs <= TOGETHER_MS;
    if (last !== undefined && isNext) {
      known.departures[known.departures.length - 1] = { ...last, end, toMs: atMs };
    } else if (known.departures.length < TRANSMISSIONS_LISTED_MAX) {
      known.departures.push({ fromMs: atMs, toMs: atMs, way: name, start, end, why });
    } else known.unlisted += 1;
    if (!isFirst) known.bytesAgain += end - start;
    known.ways.add(name);
    this.#life(now, known, 'later');
  }

  again(now: Nanoseconds, message: ObservedMessage, why: ResendReason): void {
    const known = this.#of(now, message);
    known.why = why;
    known.again.set(why, (known.again.get(why) ?? 0) + 1);
    this.#list(now);
  }

  ended(now: Nanoseconds, message: ObservedMessage, outcome: string): void {
    const known = this.#of(now, message);
    known.untilMs = msOf(now);
    known.state = outcome;
    this.#known.delete(message.number);
    this.#ended = [...this.#ended, known].slice(-ENDED_MESSAGES_LISTED_MAX);
    this.#life(now, known, 'now');
    this.#list(now);
  }

  /**
   * Traces a choice if it names another way or the last traced one is a second old, since scores change with every
   * packet.
   */
  chosen(now: Nanoseconds, { why, weighed = [] }: WayChoice): void {
    const [chosen = ''] = why.split(',');
    const key = chosen.replace(NUMBERS, '');
    if (key === this.#choice && now - this.#choiceNs < EVERY_NS) return;
    this.#choice = key;
    this.#choiceNs = now;
    this.#host.trace.state(CHOICE_TRACE.machine.write({ peer: this.#peer }), why);
    if (weighed.length === 0) return;
    const costs = weighed.map(({ facts: { carrier }, cost }) => ({
      way: carrier,
      latencyUs: Math.round(cost.latencyMs * US_PER_MS),
      lossPpm: Math.round(cost.unreliability * 1e6),
      epsilonMilli: Math.round(cost.epsilon * 1e3),
    }));
    const machine = COSTS_TRACE.machine.write({ peer: this.#peer });
    this.#host.trace.state(machine, COSTS_TRACE.state.write(costs));
  }

  way(now: Nanoseconds, way: number, state: WayState): void {
    const { isUp, isActive, windowBytes, inFlightBytes, roundTripNs } = state;
    this.#ways[way] = {
      name: this.#names[way] ?? '?',
      state: isUp ? 'up' : 'down',
      use: isActive ? 'in-use' : 'idle',
      window: Math.round(windowBytes),
      flight: inFlightBytes,
      tripUs: roundTripNs === undefined ? null : Math.round(roundTripNs / NS_PER_US),
    };
    const known = this.#ways.filter((one) => one !== undefined);
    const use = known.map(({ name, state: is, use: used }) => `${name} ${is} ${used}`).join();
    if (use === this.#wayUse && now - this.#wayNs < EVERY_NS) return;
    this.#wayUse = use;
    this.#wayNs = now;
    this.#host.trace.state(
      WAYS_TRACE.machine.write({ peer: this.#peer }),
      WAYS_TRACE.state.write(known),
    );
  }

  #of(now: Nanoseconds, message: ObservedMessage): Known {
    const found = this.#known.get(message.number);
    if (found !== undefined) return found;
    const made: Known = {
      message,
      sinceMs: msOf(Math.min(now, message.sinceNs)),
      untilMs: null,
      state: 'open',
      again: new Map(),
      why: 'lost',
      leftEnd: 0,
      departures: [],
      unlisted: 0,
      bytesAgain: 0,
      ways: new Set(),
    };
    this.#known.set(message.number, made);
    return made;
  }

  /** Traces the list of messages at most once a second, and when no message is open any more. */
  #list(now: Nanoseconds): void {
    if (this.#known.size > 0 && now - this.#listNs < EVERY_NS) return;
    this.#listNs = now;
    const open = [...this.#known.values()].slice(0, OPEN_MESSAGES_LISTED_MAX);
    const listed = [...this.#ended, ...open].map(textOf);
    const machine = MESSAGES_TRACE.machine.write({ peer: this.#peer });
    this.#host.trace.state(machine, MESSAGES_TRACE.state.write({ open: this.#known.size, listed }));
  }

  /** Traces the departures of a message if there are at least two. */
  #life(now: Nanoseconds, known: Known, when: 'now' | 'later'): void {
    const { message, departures, unlisted, bytesAgain: again } = known;
    if (departures.length < 2) return;
    let place = this.#lives.indexOf(message.number);
    if (place < 0) {
      place = this.#lives.length < TRACED_MESSAGE_LIVES_MAX ? this.#lives.length : this.#oldest();
      this.#lives[place] = message.number;
    } else if (when === 'later' && now - this.#lifeNs < EVERY_NS) return;
    this.#lifeNs = now;
    const { number, bytes } = message;
    const totals = { again, ways: [...known.ways], unlisted };
    const state = MESSAGE_LIFE_TRACE.state.write({
      number,
      bytes: bytes.length,
      ...totals,
      departures,
    });
    this.#host.trace.state(MESSAGE_LIFE_TRACE.machine.write({ place, peer: this.#peer }), state);
  }

  /** The slot of the traced message with the lowest number, which the next message takes. */
  #oldest(): number {
    return this.#lives.indexOf(leastOf(this.#lives));
  }
}

function textOf({ message, sinceMs, untilMs, state, leftEnd, again }: Known): TracedMessage {
  const { number, kind, bytes, there } = message;
  return {
    ...{ number, kind, bytes: bytes.length, sent: leftEnd, there: there.size },
    ...{ sinceMs, untilMs, state },
    again: [...again].map(([why, times]) => ({ why, times })),
  };
}

function msOf(ns: Nanoseconds): number {
  return Math.round(ns / NS_PER_MS);
}
