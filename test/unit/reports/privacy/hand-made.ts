/**
 * Records of what really happened, for tests: written by hand, or generated for an abstract
 * stratified network. The delays in its mixes do not depend on their pools, so all instants are
 * known before they are sorted.
 *
 * @module
 */
import { openRandomStream } from '../../../../engine/core/stream.ts';
import type { NodeMixingModel } from '../../../../reports/privacy/mass/propagate.ts';
import {
  EVENT_ABSORBED,
  EVENT_ARRIVED,
  EVENT_CREATED,
  EVENT_DELIVERED,
  EVENT_DEPARTED,
  EVENT_DROPPED,
  PURPOSE_CONTENT,
  type RunTruth,
  type TruthEventCode,
} from '../../../../reports/privacy/truth/truth.ts';
import { TruthRecorder } from '../../../../reports/privacy/truth/truth-record.ts';

/** Names of the steps in records written by hand. */
export const CODES = {
  create: EVENT_CREATED,
  arrive: EVENT_ARRIVED,
  depart: EVENT_DEPARTED,
  deliver: EVENT_DELIVERED,
  absorb: EVENT_ABSORBED,
  drop: EVENT_DROPPED,
} as const;

/** One step: the event, the number of the message, and the node. */
export type Step = readonly [keyof typeof CODES, number, string];

/**
 * A record made of steps, one nanosecond apart. All messages are payload sent by the first node.
 */
export function handMade(nodes: readonly string[], steps: readonly Step[]): RunTruth {
  const record = new TruthRecorder(nodes);
  const count = 1 + Math.max(...steps.map(([, message]) => message));
  for (let i = 0; i < count; i += 1)
    record.open({ purpose: PURPOSE_CONTENT, sender: 0, recipient: 65_535 });
  for (const [at, [word, message, node]] of steps.entries()) {
    record.add(CODES[word], message, nodes.indexOf(node), at);
  }
  return record.truth();
}

/**
 * The delay law of each node: mixes are memoryless; nodes whose names start with `end` are end
 * nodes.
 */
export function plainLaws(nodes: readonly string[]): readonly NodeMixingModel[] {
  return nodes.map((name) => ({ kind: name.startsWith('end') ? 'end' : 'memoryless' }));
}

/** The network to generate. */
export interface Stratified {
  /** Messages per second in total. */
  readonly rate: number;
  readonly layers: number;
  readonly width: number;
  /** Mean delay of a mix. */
  readonly meanSeconds: number;
  readonly seconds: number;
  readonly linkSeconds?: number;
  readonly seed?: number;
  readonly law?: 'exponential' | 'uniform';
  readonly clients?: number;
}

interface Sorted {
  readonly atNs: number[];
  readonly code: TruthEventCode[];
  readonly node: number[];
  readonly message: number[];
}

/**
 * Names of the nodes: `end` (all clients), then the mixes layer by layer, then `end-2` (all
 * recipients).
 */
export function stratifiedNodes({ layers, width, clients = 1 }: Stratified): readonly string[] {
  const mixes = Array.from({ length: layers * width }, (_, i) => `mix-${i}`);
  const senders = Array.from({ length: clients }, (_, i) => `end-client-${i}`);
  return [...senders, ...mixes, 'end-sink'];
}

/** Generates the record of a stratified network. */
export function stratifiedTruth(spec: Stratified): RunTruth {
  const { rate, layers, width, meanSeconds, seconds, seed = 1, clients = 1 } = spec;
  const random = openRandomStream(seed, 'lab', 'stratified');
  const nodes = stratifiedNodes(spec);
  const link = (spec.linkSeconds ?? 0.05) * 1e9;
  const mean = meanSeconds * 1e9;
  const delay = (): number =>
    spec.law === 'uniform' ? random.uniform() * 2 * mean : random.exponential(mean);
  const all: Sorted = { atNs: [], code: [], node: [], message: [] };
  const push = (atNs: number, code: TruthEventCode, node: number, message: number): void => {
    all.atNs.push(Math.round(atNs));
    all.code.push(code);
    all.node.push(node);
    all.message.push(message);
  };
  const record = new TruthRecorder(nodes);
  for (let at = random.exponential(1e9 / rate); at < seconds * 1e9; ) {
    const sender = random.below(clients);
    const message = record.open({
      purpose: PURPOSE_CONTENT,
      sender,
      recipient: random.below(clients),
    });
    push(at, EVENT_CREATED, sender, message);
    let now = at + link;
    for (let layer = 0; layer < layers; layer += 1) {
      const mix = clients + layer * width + random.below(width);
      push(now, EVENT_ARRIVED, mix, message);
      now += delay();
      push(now, EVENT_DEPARTED, mix, message);
      now += link;
    }
    push(now, EVENT_ARRIVED, nodes.length - 1, message);
    push(now, EVENT_DELIVERED, nodes.length - 1, message);
    at += random.exponential(1e9 / rate);
  }
  const order = Uint32Array.from(all.atNs.keys());
  order.sort((a, b) => (all.atNs[a] ?? 0) - (all.atNs[b] ?? 0) || a - b);
  for (const i of order) {
    if ((all.atNs[i] ?? 0) > seconds * 1e9) break;
    record.add(all.code[i] ?? 0, all.message[i] ?? 0, all.node[i] ?? 0, all.atNs[i] ?? 0);
  }
  return record.truth();
}

/** For each instant, the first message created at or after it. */
export function targetsAt(truth: RunTruth, instantsSeconds: readonly number[]): number[] {
  const { atNs, code, message, count } = truth.events;
  const found: number[] = [];
  let next = 0;
  for (let i = 0; i < count && next < instantsSeconds.length; i += 1) {
    if (code[i] !== EVENT_CREATED || (atNs[i] ?? 0) < (instantsSeconds[next] ?? 0) * 1e9) continue;
    found.push(message[i] ?? 0);
    next += 1;
  }
  return found;
}
