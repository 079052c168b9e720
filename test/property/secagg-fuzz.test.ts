/**
 * What a hostile peer can send to the machines of secure aggregation: named drops, no exception,
 * and a session that ends with the right sum all the same.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream, type RandomStream } from '../../engine/core/stream.ts';
import type { ClientMachineParts } from '../../nodes/federated/secagg/client-parts.ts';
import { SECAGG_DROP_REASONS } from '../../nodes/federated/secagg/drops.ts';
import {
  SECAGG_MESSAGE_TYPES,
  type SecaggMessageBody,
} from '../../nodes/federated/secagg/messages.ts';
import type { SecaggConfig } from '../../nodes/federated/secagg/session-config.ts';
import { decodeSecaggMessage, encodeSecaggMessage } from '../../nodes/federated/secagg/wire.ts';
import { cachedCrypto } from '../unit/nodes/federated/secagg/cached-crypto.ts';
import {
  CRYPTO,
  configOf,
  type SentMessage,
  Session,
} from '../unit/nodes/federated/secagg/session.ts';
import { mutate } from './mutate.ts';

const INPUTS = 100_000;
/** Mutations before each genuine message; a session of five in signed mode has 25 of each way. */
const PER_MESSAGE = 40;
const HEAD = 6;
const NAMES = new Set<string>(Object.keys(SECAGG_DROP_REASONS));
const crypto = cachedCrypto(CRYPTO);

/** Damages what a message says, so that the damage is not only noise in its CBOR. */
function twist(bytes: Uint8Array, random: RandomStream): Uint8Array {
  const decoded = decodeSecaggMessage(bytes);
  if (typeof decoded === 'string') return bytes;
  const { session = bytes, body } = decoded;
  const index = random.below(8);
  const key = new Uint8Array(32).fill(random.below(256));
  const numbers = Array.from({ length: random.below(6) }, (_, place) => place + random.below(2));
  const twisted: readonly SecaggMessageBody[] = [
    { type: SECAGG_MESSAGE_TYPES.advertise, index, channelKey: key, maskKey: key },
    { type: SECAGG_MESSAGE_TYPES.roster, entries: [{ index, channelKey: key, maskKey: key }] },
    {
      type: SECAGG_MESSAGE_TYPES.shareKeys,
      boxes: [{ index, box: new Uint8Array(88).fill(index) }],
    },
    { type: SECAGG_MESSAGE_TYPES.forward, boxes: [{ index, box: new Uint8Array(88).fill(index) }] },
    { type: SECAGG_MESSAGE_TYPES.maskedInput, packed: key },
    { type: SECAGG_MESSAGE_TYPES.survivors, survivors: numbers, lost: [index] },
    { type: SECAGG_MESSAGE_TYPES.consistency, signature: new Uint8Array(64).fill(index) },
    {
      type: SECAGG_MESSAGE_TYPES.signatures,
      signatures: [{ index, signature: new Uint8Array(64) }],
    },
    { type: SECAGG_MESSAGE_TYPES.unmask, shares: [{ index, kind: 'own', share: key }] },
    { type: SECAGG_MESSAGE_TYPES.unmask, shares: [{ index, kind: 'pair', share: key }] },
    body,
  ];
  const name = random.chance(0.9) ? session.slice() : session.map((byte) => byte ^ index);
  return encodeSecaggMessage(name, twisted[random.below(twisted.length)] as SecaggMessageBody);
}

/** What a hostile peer sends before each genuine message. */
class Attack {
  readonly drops = new Map<string, number>();
  inputs = 0;
  readonly #way: SentMessage['way'];
  readonly #random: RandomStream;
  readonly #maySend: (bad: Uint8Array, genuine: Uint8Array) => boolean;

  constructor(way: SentMessage['way'], name: string, maySend: typeof isHarmless) {
    this.#way = way;
    this.#random = openRandomStream(20, 'secagg', `${name}-${way}`);
    this.#maySend = maySend;
  }

  /** A session under attack, to its end. */
  run(config: SecaggConfig): Session {
    const session = new Session({
      config,
      ...{ crypto, server: { crypto }, client: (): Partial<ClientMachineParts> => ({ crypto }) },
      pass: (passing): Uint8Array => {
        // The end is proven by nothing: whoever forges it ends the session.
        if (passing.way === this.#way && passing.type !== SECAGG_MESSAGE_TYPES.done)
          this.#disturb(session, passing);
        return passing.bytes;
      },
    });
    session.run();
    for (const { reason } of session.drops) {
      this.drops.set(reason, (this.drops.get(reason) ?? 0) + 1);
    }
    return session;
  }

  #disturb(session: Session, { bytes: genuine, client }: SentMessage): void {
    const random = this.#random;
    for (let count = 0; count < PER_MESSAGE; count += 1) {
      const isNoise = random.chance(0.5);
      const bytes = isNoise ? mutate(genuine, random, { header: HEAD }) : twist(genuine, random);
      if (!this.#maySend(bytes, genuine)) continue;
      this.inputs += 1;
      if (this.#way === 'up') session.toServer({ kind: 'message', from: client, bytes });
      else session.toClient(client, { kind: 'message', bytes });
    }
  }
}

const CONFIGS: readonly SecaggConfig[] = [
  configOf({ mode: 'signed' }),
  configOf({ n: 7, k: 4, bits: 20 }),
];

describe.each(['up', 'down'] as const)('100,000 mutated messages %s', (way) => {
  it('are dropped by name, and every session ends with the right sum', () => {
    const attack = new Attack(way, 'fuzz', isHarmless);
    for (let round = 0; attack.inputs < INPUTS; round += 1) {
      const session = attack.run(CONFIGS[round % CONFIGS.length] as SecaggConfig);
      const members = Array.from({ length: session.config.n }, (_, index) => index);
      expect(session.sum?.survivors).toEqual(members);
      expect(session.sum?.ring).toEqual(session.sumOf(members));
    }
    expect([...attack.drops.keys()].filter((reason) => !NAMES.has(reason))).toEqual([]);
    // Few of all those damages are believed by mistake: what does no harm has no drop.
    const dropped = [...attack.drops.values()].reduce((sum, count) => sum + count);
    expect(dropped).toBeGreaterThan(0.99 * INPUTS);
    expect(attack.drops.size).toBeGreaterThan(6);
  });

  it('that say what a dishonest member could say end no machine', () => {
    const attack = new Attack(way, 'dishonest', () => true);
    const ends = new Map<string, number>();
    for (let round = 0; attack.inputs < INPUTS / 4; round += 1) {
      const session = attack.run(CONFIGS[round % CONFIGS.length] as SecaggConfig);
      const { phase } = session.server;
      ends.set(phase, (ends.get(phase) ?? 0) + 1);
    }
    expect([...ends.keys()].filter((phase) => phase !== 'done' && phase !== 'aborted')).toEqual([]);
    expect([...attack.drops.keys()].filter((reason) => !NAMES.has(reason))).toEqual([]);
    expect(ends.get('aborted')).toBeGreaterThan(0);
  });
});

/** Messages whose content is proven, by mode. */
const PROVEN = new Set<number>([SECAGG_MESSAGE_TYPES.consistency, SECAGG_MESSAGE_TYPES.signatures]);

/**
 * False for what stands for the genuine message and is not proven: over an authenticated channel,
 * only the client or the server itself could send it, once.
 */
function isHarmless(bad: Uint8Array, genuine: Uint8Array): boolean {
  const [found, wanted] = [decodeSecaggMessage(bad), decodeSecaggMessage(genuine)];
  if (typeof found === 'string' || typeof wanted === 'string') return true;
  if (found.body.type === SECAGG_MESSAGE_TYPES.done) return false;
  return found.body.type !== wanted.body.type || PROVEN.has(found.body.type);
}
