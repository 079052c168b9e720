/**
 * Sender unlinkability of Loopix (USENIX Security 2017, section 4.3.1): of a hundred senders, two
 * label their messages; the measure is how far apart the masses of both labels are in the pool of a
 * last mix.
 *
 * Senders send in Poisson processes of rate 2 per unit of time. Each of the two puts one payload per
 * unit into its buffer, which is sent, with the label, at its next instant. There are three mixes per
 * layer, no link delays and no corrupt mixes.
 *
 * @module
 */
import { propagateMass } from '../../../reports/privacy/mass/propagate.ts';
import {
  EVENT_ARRIVED,
  EVENT_DELIVERED,
  type RunTruth,
} from '../../../reports/privacy/truth/truth.ts';
import type { SeededEngine } from '../base/seeded-engine.ts';
import { runMixes } from './mix-network.ts';

const SENDERS = 100;
const TICKS = 2;
const WIDTH = 3;
/** Number of units during which labelled messages are sent. */
const UNITS = 100;
/** Number of mean delays before the measurement. */
const BURN_IN = 8;
/**
 * Largest epsilon that counts: above it, the mass of one label is negligible, because none of that
 * sender's messages has been in this mix for twenty mean delays.
 */
const EPSILON_MAX = 20;

/** The network and the number of repetitions with which epsilon is estimated. */
export interface EpsilonSetting {
  readonly layers: number;
  /** Mean delay of a mix in units: 1 / mu. */
  readonly mean: number;
  readonly runs: number;
}

/** The mean of |ln(p0 / p1)| over repetitions. */
export function measureLoopixEpsilon(engine: SeededEngine, setting: EpsilonSetting): number {
  let sum = 0;
  for (let run = 0; run < setting.runs; run += 1) sum += epsilonOf(engine, setting, run);
  return sum / setting.runs;
}

function epsilonOf(engine: SeededEngine, { layers, mean }: EpsilonSetting, run: number): number {
  const name = `P13/${layers}/${mean}/${run}`;
  const network = {
    name,
    layers,
    width: WIDTH,
    rate: SENDERS * TICKS,
    meanSeconds: mean,
    linkSeconds: 0,
  };
  const beganAt = BURN_IN * mean;
  const endsAt = beganAt + UNITS;
  const plan = {
    warmupSeconds: endsAt,
    gapSeconds: 1,
    corruptFirst: [],
    // Long enough for any message to leave the observed mix.
    drainSeconds: 2,
  };
  const { truth } = runMixes(engine, network, plan);
  const labels = labelsOf(engine, truth, { name, beganAt, endsAt });
  const end = layers * WIDTH;
  const mix = end - 1 - engine.stream(`mixes/${name}`, 'place').below(WIDTH);
  const first = firstFrom(truth, mix, { end, after: endsAt });
  let epsilon = Number.NaN;
  propagateMass({
    truth,
    labels,
    labelCount: 2,
    laws: Array.from({ length: end + 1 }, (_, i) => ({ kind: i < end ? 'memoryless' : 'end' })),
    onCandidate: (message, masses) => {
      // The first message to leave carries both masses in the same proportion as the whole pool.
      if (message !== first) return;
      const distance = Math.abs(Math.log((masses[0] ?? 0) / (masses[1] ?? 0)));
      epsilon = Math.min(EPSILON_MAX, distance);
    },
  });
  return epsilon;
}

/** The label of each message: 0 or 1 for payloads of the two senders, else -1. */
function labelsOf(
  engine: SeededEngine,
  { events, messages }: RunTruth,
  when: { readonly name: string; readonly beganAt: number; readonly endsAt: number },
): Int32Array {
  const random = engine.stream(`mixes/${when.name}`, 'sender');
  const labels = new Int32Array(messages.count).fill(-1);
  const seen = new Uint8Array(messages.count);
  const sent = [0, 0];
  for (let i = 0; i < events.count; i += 1) {
    const message = events.message[i] as number;
    if (events.code[i] !== EVENT_ARRIVED || seen[message] === 1) continue;
    seen[message] = 1;
    const sender = random.below(SENDERS);
    const at = (events.atNs[i] as number) / 1e9;
    if (sender > 1 || at < when.beganAt || at >= when.endsAt) continue;
    const buffered = Math.floor(at - when.beganAt) + 1 - (sent[sender] ?? 0);
    if (buffered <= 0) continue;
    sent[sender] = (sent[sender] ?? 0) + 1;
    labels[message] = sender;
  }
  return labels;
}

/** The first message that the node `end` gets directly from a mix, from `after` seconds on; -1 for none. */
function firstFrom(
  { events }: RunTruth,
  mix: number,
  { end, after }: { readonly end: number; readonly after: number },
): number {
  const from = new Map<number, number>();
  for (let i = 0; i < events.count; i += 1) {
    const message = events.message[i] as number;
    const node = events.node[i] as number;
    if (events.code[i] === EVENT_ARRIVED && node !== end) from.set(message, node);
    if (events.code[i] !== EVENT_DELIVERED || (events.atNs[i] as number) < after * 1e9) continue;
    if (from.get(message) === mix) return message;
  }
  return -1;
}
