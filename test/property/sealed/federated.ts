/**
 * Messages of an enrolled client and of its aggregator, and of nodes without one: what they say is
 * mutated, in whole runs.
 *
 * @module
 */
import type { RandomStream } from '../../../engine/core/stream.ts';
import { FEDERATED_DROP_REASONS } from '../../../nodes/federated/drop-reasons.ts';
import {
  decodeFederatedMessage,
  encodeFederatedMessage,
  type FederatedMessage,
} from '../../../nodes/federated/wire.ts';
import { loadText, MS } from '../../unit/runner/fixture.ts';
import { mutate } from '../mutate.ts';
import { CarriedNodes } from './carried.ts';
import type { SealedCase, Victim } from './victim.ts';

const NEW_AFTER = 12_000;
const MESSAGE_HEADER = 8;
/** A round that lies have stopped ends by its time-outs. */
const TURNS_MAX = 100;
const SMALL = 'phaseTimeout: 100ms, rounds: 100000, model: { size: 40 }';

/** Clients send the keys of noise that was not needed. */
const NOISE = 'place: distributed, clip: 0.5, noise: 3, dropouts: add-then-remove';

/** Federations that exchange all kinds of messages. */
const OPTIONS = [
  `aggregator: client-1, ${SMALL}`,
  `aggregator: client-1, secureAggregation: none, compression: { topK: 0.2 }, ${SMALL}`,
  `aggregator: client-1, secureAggregation: none, aggregate: median, ${SMALL}`,
  `aggregator: client-1, secureAggregation: { threshold: 2 }, privacy: { ${NOISE} }, ${SMALL}`,
  `gossip: { every: 20ms, partners: neighbours }, secureAggregation: none, ${SMALL}`,
] as const;

const scenarioOf = (options: string): ReturnType<typeof loadText> =>
  loadText(`
name: test
question: Do nodes bear messages of members that lie?
topology:
  name: test
  generate: { kind: star, nodes: 4, prefix: client }
  defaults: { node: { run: datagram }, link: { rate: 100Mbit/s, delay: 1ms } }
stack: [{ on: "*", run: federated, options: { ${options} } }]
duration: 1000s
`);

class Federations implements Victim {
  readonly #random: RandomStream;
  #all: readonly CarriedNodes[] = [];
  #given = 0;

  constructor(random: RandomStream) {
    this.#random = random;
  }

  give(): readonly string[] {
    const random = this.#random;
    if (this.#given % NEW_AFTER === 0) this.#begin();
    this.#given += 1;
    const one = this.#all[random.below(this.#all.length)]!;
    return one.give(random, (genuine) =>
      random.chance(0.5)
        ? mutate(genuine, random, { header: MESSAGE_HEADER })
        : twist(genuine, random),
    );
  }

  /** The nodes go on: rounds end, and models are exchanged. */
  delivers(): boolean {
    return this.#all.every((one) => {
      const before = done(one);
      for (let turn = 0; turn < TURNS_MAX && done(one) === before; turn += 1) one.pass(100 * MS);
      return done(one) > before;
    });
  }

  #begin(): void {
    this.#all = OPTIONS.map((options) => new CarriedNodes(scenarioOf(options), 'federated'));
    for (const one of this.#all) one.pass(100 * MS);
  }
}

/** Rounds that have ended, and exchanges. */
function done({ run }: CarriedNodes): number {
  const metrics = run.world.metrics('client-1');
  return ['federated.rounds', 'federated.gossip.exchanges']
    .map((name) => (metrics[name] as { readonly value: number } | undefined)?.value ?? 0)
    .reduce((sum, value) => sum + value);
}

/** Another content for a field of the message, in its deterministic form. */
function twist(genuine: Uint8Array, random: RandomStream): Uint8Array {
  const message = decodeFederatedMessage(genuine);
  if (message === undefined || message.kind === 'sum') return genuine;
  const fields = Object.keys(message).filter((field) => field !== 'kind' && field !== 'reason');
  if (fields.length === 0) return genuine;
  const field = fields[random.below(fields.length)]!;
  const lie = another(Reflect.get(message, field), random);
  return encodeFederatedMessage({ ...message, [field]: lie } as FederatedMessage);
}

function another(value: unknown, random: RandomStream): unknown {
  if (typeof value === 'number') return random.below(random.chance(0.2) ? 2 ** 32 : 8);
  if (value instanceof Uint8Array) return mutate(value, random, { header: MESSAGE_HEADER });
  if (value instanceof Float32Array) {
    const wild = value.map((each) => (random.chance(0.1) ? Number.NaN : each * 1e30));
    return random.chance(0.5) ? wild : value.slice(0, random.below(value.length + 1));
  }
  if (value instanceof Uint32Array) {
    return random.chance(0.5) ? value.map(() => random.u32()) : value.slice(random.below(9));
  }
  return Array.isArray(value) ? value.slice(random.below(value.length + 1)) : value;
}

export const federated: SealedCase = {
  protocol: 'federated',
  what: 'messages of enrolled members',
  drops: FEDERATED_DROP_REASONS,
  ends: ['taken', 'nothing yet'],
  reaches: [
    ...['taken', 'malformed', 'no-session', 'task-refused', 'wrong-session', 'input-length'],
    'late-input',
  ],
  begin: (random) => new Federations(random),
};
