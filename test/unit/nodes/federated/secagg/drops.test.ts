/**
 * Every reason for a drop, each by the message that causes it. Nothing throws, and the session goes
 * on with those who remain.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../../engine/core/stream.ts';
import { concatBytes } from '../../../../../nodes/_kit/bytes.ts';
import {
  SECAGG_DROP_REASONS,
  type SecaggDropReason,
} from '../../../../../nodes/federated/secagg/drops.ts';
import { boxAssociatedData, deriveBoxKey } from '../../../../../nodes/federated/secagg/mask.ts';
import {
  SECAGG_MESSAGE_TYPES,
  type SecaggMessageBody,
  type SecaggMessageType,
} from '../../../../../nodes/federated/secagg/messages.ts';
import type { SecaggConfig } from '../../../../../nodes/federated/secagg/session-config.ts';
import { decodeSecaggMessage } from '../../../../../nodes/federated/secagg/wire.ts';
import { bytesOf, CRYPTO, configOf, Session, withBody } from './session.ts';

interface Case {
  readonly reason: SecaggDropReason;
  /** Who drops. */
  readonly at: 'server' | 'clients';
  readonly type: SecaggMessageType;
  /** Of the client that sends or receives it. */
  readonly client: number;
  readonly change: (bytes: Uint8Array) => Uint8Array;
  /** Clients in the sum; undefined if there is none. */
  readonly left: readonly number[] | undefined;
  readonly config?: Partial<SecaggConfig>;
  /** Drops besides. */
  readonly also?: readonly SecaggDropReason[];
}

const ALL_BUT_1 = [0, 2, 3, 4];
const ALL = [0, 1, 2, 3, 4];

/** Changes a body of this type. */
function body<Type extends SecaggMessageBody['type']>(
  type: Type,
  change: (body: Extract<SecaggMessageBody, { type: Type }>) => SecaggMessageBody,
): (bytes: Uint8Array) => Uint8Array {
  return (bytes) =>
    withBody(bytes, (found) => {
      if (found.type !== type) throw new Error(`message ${found.type}`);
      return change(found as Extract<SecaggMessageBody, { type: Type }>);
    });
}

/** A message with its first argument written in one byte more than necessary. */
function longHead(bytes: Uint8Array): Uint8Array {
  return concatBytes(
    bytes.subarray(0, 1),
    Uint8Array.of(24, bytes[1] as number),
    bytes.subarray(2),
  );
}

function flipped(bytes: Uint8Array, place = 0): Uint8Array {
  return bytes.map((byte, index) => (index === place ? byte ^ 1 : byte));
}

const key = CRYPTO.x25519PublicKey(new Uint8Array(32).fill(9));

const cases: readonly Case[] = [
  {
    ...{ reason: 'bad-cbor', at: 'server', type: 1, client: 1, left: ALL_BUT_1 },
    change: (bytes) => bytes.subarray(1),
  },
  {
    ...{ reason: 'not-canonical', at: 'server', type: 5, client: 1, left: ALL_BUT_1 },
    change: longHead,
  },
  {
    ...{ reason: 'wrong-session', at: 'server', type: 3, client: 1, left: ALL_BUT_1 },
    change: (bytes) => flipped(bytes, 10),
  },
  {
    ...{ reason: 'wrong-round', at: 'server', type: 3, client: 1, left: ALL_BUT_1 },
    change: body(3, () => ({ type: 9, shares: [] })),
  },
  {
    ...{ reason: 'unknown-client', at: 'server', type: 1, client: 1, left: ALL_BUT_1 },
    change: body(1, (found) => ({ ...found, index: 2 })),
  },
  {
    ...{ reason: 'unknown-client', at: 'server', type: 3, client: 1, left: ALL_BUT_1 },
    change: body(3, ({ boxes }) => ({
      type: 3,
      boxes: boxes.map((entry) => (entry.index === 4 ? { ...entry, index: 5 } : entry)),
    })),
  },
  {
    ...{ reason: 'unknown-client', at: 'clients', type: 2, client: 1, left: ALL_BUT_1 },
    change: body(2, ({ entries }) => ({
      type: 2,
      entries: [...entries, { index: 5, channelKey: key, maskKey: flipped(key) }],
    })),
  },
  {
    ...{ reason: 'duplicate-key', at: 'server', type: 1, client: 1, left: ALL_BUT_1 },
    change: body(1, (found) => ({ ...found, maskKey: found.channelKey })),
  },
  {
    ...{ reason: 'duplicate-key', at: 'clients', type: 2, client: 1, left: ALL_BUT_1 },
    change: body(2, ({ entries }) => ({
      type: 2,
      entries: entries.map((entry) =>
        entry.index === 2 ? { ...entry, maskKey: entries[3]?.maskKey ?? key } : entry,
      ),
    })),
  },
  {
    ...{ reason: 'own-key-changed', at: 'clients', type: 2, client: 1, left: ALL_BUT_1 },
    change: body(2, ({ entries }) => ({
      type: 2,
      entries: entries.map((entry) => (entry.index === 1 ? { ...entry, maskKey: key } : entry)),
    })),
  },
  {
    ...{ reason: 'own-key-changed', at: 'clients', type: 2, client: 1, left: ALL_BUT_1 },
    change: body(2, ({ entries }) => ({
      type: 2,
      entries: entries.filter(({ index }) => index !== 1),
    })),
  },
  {
    ...{ reason: 'low-order-key', at: 'server', type: 1, client: 1, left: ALL_BUT_1 },
    change: body(1, (found) => ({ ...found, maskKey: new Uint8Array(32) })),
  },
  {
    ...{ reason: 'low-order-key', at: 'clients', type: 2, client: 1, left: ALL_BUT_1 },
    change: body(2, ({ entries }) => ({
      type: 2,
      entries: entries.map((entry) =>
        entry.index === 2 ? { ...entry, channelKey: new Uint8Array(32).fill(1, 0, 1) } : entry,
      ),
    })),
  },
  {
    ...{ reason: 'too-few', at: 'clients', type: 2, client: 1, left: ALL_BUT_1 },
    change: body(2, ({ entries }) => ({ type: 2, entries: entries.slice(0, 2) })),
  },
  {
    ...{ reason: 'too-few', at: 'clients', type: 4, client: 1, left: ALL_BUT_1 },
    change: body(4, ({ boxes }) => ({ type: 4, boxes: boxes.slice(0, 1) })),
  },
  {
    ...{ reason: 'too-few', at: 'server', type: 3, client: 1, left: ALL_BUT_1 },
    change: body(3, ({ boxes }) => ({ type: 3, boxes: boxes.slice(1) })),
  },
  {
    ...{ reason: 'too-few', at: 'clients', type: 6, client: 1, left: ALL },
    change: body(6, ({ lost }) => ({ type: 6, survivors: [0, 1], lost })),
  },
  {
    // Client 0 cannot give its share of the secret of client 1; the others reach the threshold.
    ...{ reason: 'box-failed', at: 'clients', type: 3, client: 1, left: ALL },
    change: body(3, ({ boxes }) => ({
      type: 3,
      boxes: boxes.map((entry) =>
        entry.index === 0 ? { ...entry, box: flipped(entry.box, 30) } : entry,
      ),
    })),
  },
  {
    ...{ reason: 'box-misaddressed', at: 'server', type: 3, client: 1, left: ALL_BUT_1 },
    change: body(3, ({ boxes }) => ({
      type: 3,
      boxes: [...boxes, { index: 1, box: new Uint8Array(88) }].sort((a, b) => a.index - b.index),
    })),
  },
  {
    ...{ reason: 'input-length', at: 'server', type: 5, client: 1, left: ALL_BUT_1 },
    change: body(5, ({ packed }) => ({ type: 5, packed: packed.subarray(1) })),
  },
  {
    ...{ reason: 'padding-not-zero', at: 'server', type: 5, client: 1, left: ALL_BUT_1 },
    config: { m: 3, bits: 20 },
    change: body(5, ({ packed }) => ({ type: 5, packed: packed.map((byte) => byte | 0x80) })),
  },
  {
    ...{ reason: 'list-overlap', at: 'clients', type: 6, client: 1, left: ALL },
    change: body(6, ({ survivors }) => ({ type: 6, survivors, lost: [2] })),
  },
  {
    ...{ reason: 'list-not-subset', at: 'clients', type: 6, client: 1, left: ALL },
    change: body(6, ({ survivors }) => ({ type: 6, survivors, lost: [7] })),
  },
  {
    ...{ reason: 'list-not-subset', at: 'server', type: 9, client: 1, left: ALL },
    change: body(9, ({ shares }) => ({
      type: 9,
      shares: [...shares, { index: 2, kind: 'pair', share: key }],
    })),
  },
  {
    ...{ reason: 'self-not-survivor', at: 'clients', type: 6, client: 1, left: ALL },
    change: body(6, ({ survivors, lost }) => ({
      type: 6,
      survivors: survivors.filter((index) => index !== 1),
      lost,
    })),
  },
  {
    ...{ reason: 'bad-signature', at: 'server', type: 1, client: 1, left: ALL_BUT_1 },
    config: { mode: 'signed' },
    change: body(1, (found) => ({ ...found, channelKey: key })),
  },
  {
    ...{ reason: 'bad-signature', at: 'server', type: 7, client: 1, left: ALL },
    config: { mode: 'signed' },
    change: body(7, ({ signature }) => ({ type: 7, signature: flipped(signature) })),
  },
  {
    ...{ reason: 'bad-signature', at: 'clients', type: 8, client: 1, left: ALL },
    config: { mode: 'signed' },
    change: body(8, ({ signatures }) => ({ type: 8, signatures: signatures.slice(0, 2) })),
  },
  {
    ...{ reason: 'share-length', at: 'server', type: 9, client: 1, left: ALL },
    change: body(9, ({ shares }) => ({
      type: 9,
      shares: shares.map((entry) => ({ ...entry, share: entry.share.subarray(1) })),
    })),
  },
  {
    // The share of client 4 is the one beyond the threshold of those who answer: 0, 1, 2, 3.
    ...{ reason: 'share-inconsistent', at: 'server', type: 9, client: 3, left: undefined },
    change: body(9, ({ shares }) => ({
      type: 9,
      shares: shares.map((entry) =>
        entry.index === 0 ? { ...entry, share: flipped(entry.share) } : entry,
      ),
    })),
  },
];

describe.each(cases)('$reason at $at, message $type', (drop) => {
  const { reason, at, type, client, change, left, also = [] } = drop;

  it(left === undefined ? 'ends the session' : `leaves ${left.join(' ')} in the sum`, () => {
    let changed = 0;
    const session = new Session({
      config: configOf(drop.config),
      isTold: false,
      pass: (passing) => {
        if (passing.type !== type || passing.client !== client) return passing.bytes;
        changed += 1;
        return change(passing.bytes);
      },
    }).run();
    expect(changed).toBe(1);
    expect(session.reasons(at)).toEqual([reason]);
    expect(session.reasons(at === 'server' ? 'clients' : 'server')).toEqual(also);
    expect(session.sum?.survivors).toEqual(left);
    if (left !== undefined) expect(session.sum?.ring).toEqual(session.sumOf(left));
    expect(session.sum === undefined).toBe(session.aborted !== undefined);
  });
});

describe('a second message', () => {
  /** Every message of client 1 arrives twice. */
  function twice(types: readonly number[]): Session {
    const session = new Session({
      config: configOf({ mode: 'signed' }),
      pass: (passing) => {
        if (passing.client === 1 && types.includes(passing.type)) {
          const { bytes } = passing;
          if (passing.way === 'up') session.toServer({ kind: 'message', from: 1, bytes });
          else session.toClient(1, { kind: 'message', bytes });
        }
        return passing.bytes;
      },
    });
    return session.run();
  }

  it('is a duplicate to the server while its phase lasts', () => {
    const session = twice([
      SECAGG_MESSAGE_TYPES.advertise,
      SECAGG_MESSAGE_TYPES.shareKeys,
      SECAGG_MESSAGE_TYPES.maskedInput,
    ]);
    expect(session.reasons('server')).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(session.sum?.ring).toEqual(session.sumOf(ALL));
  });

  it('is a duplicate to the client, and a second request for shares has its own name', () => {
    const session = twice([
      SECAGG_MESSAGE_TYPES.roster,
      SECAGG_MESSAGE_TYPES.forward,
      SECAGG_MESSAGE_TYPES.survivors,
      SECAGG_MESSAGE_TYPES.signatures,
    ]);
    expect(session.reasons('clients')).toEqual([
      ...['duplicate', 'duplicate', 'asked-twice', 'duplicate'],
    ]);
    expect(session.sum?.ring).toEqual(session.sumOf(ALL));
  });
});

describe('a lying holder', () => {
  const lie = (at: number, kind: 'own' | 'pair'): Session =>
    new Session({
      leaves: new Map([[0, SECAGG_MESSAGE_TYPES.maskedInput]]),
      pass: ({ bytes, type, client }) =>
        type !== SECAGG_MESSAGE_TYPES.unmask || client !== at
          ? bytes
          : body(9, ({ shares }) => ({
              type: 9,
              shares: shares.map((entry) =>
                entry.kind === kind ? { ...entry, share: flipped(entry.share, 5) } : entry,
              ),
            }))(bytes),
    }).run();

  it('within the threshold makes a masking secret that is not that of its public key', () => {
    const session = lie(1, 'pair');
    expect(session.reasons('server')).toContain('reconstruct-mismatch');
    expect(session.aborted?.reason).toBe('reconstruct-mismatch');
    expect(session.aborted?.outcome).toBe('refused');
  });

  it('beyond the threshold is counted, and does no harm to a proven secret', () => {
    const session = lie(4, 'pair');
    expect(session.reasons('server')).toEqual(['share-inconsistent']);
    expect(session.sum?.ring).toEqual(session.sumOf([1, 2, 3, 4]));
  });

  it.each([1, 4])('about an own mask ends the session, wherever it stands: %s', (at) => {
    const session = lie(at, 'own');
    expect(new Set(session.reasons('server'))).toEqual(new Set(['share-inconsistent']));
    expect(session.aborted?.reason).toBe('share-inconsistent');
  });
});

describe('a box that opens but says other ends', () => {
  /** The box of client 1 for client 0, sealed anew with another number inside. */
  function resealed(session: Session, box: Uint8Array, place: number): Uint8Array {
    const secrets = [0, 1].map((index) =>
      bytesOf(openRandomStream(1, `client-${index}`, 'keys'))(32),
    );
    const theirs = CRYPTO.x25519PublicKey(secrets[0] as Uint8Array);
    const channel = CRYPTO.x25519(secrets[1] as Uint8Array, theirs) as Uint8Array;
    const ends = { from: 1, to: 0 };
    const name = session.server.session;
    const secret = deriveBoxKey({ crypto: CRYPTO, session: name }, channel, ends);
    const aead = CRYPTO.aead('chacha20-poly1305', secret);
    const plain = new Uint8Array(72);
    expect(aead.open(new Uint8Array(12), boxAssociatedData(name, ends), box, plain)).toBe(72);
    plain[place] = 9;
    const sealed = new Uint8Array(88);
    aead.seal(new Uint8Array(12), boxAssociatedData(name, ends), plain, sealed);
    return sealed;
  }

  it.each([
    ['sender', 3],
    ['receiver', 7],
  ])('is misaddressed: %s', (_name, place) => {
    const session: Session = new Session({
      pass: ({ bytes, type, client }) =>
        type !== SECAGG_MESSAGE_TYPES.shareKeys || client !== 1
          ? bytes
          : body(3, ({ boxes }) => ({
              type: 3,
              boxes: boxes.map((entry) =>
                entry.index === 0 ? { ...entry, box: resealed(session, entry.box, place) } : entry,
              ),
            }))(bytes),
    });
    session.run();
    expect(session.reasons('clients')).toEqual(['box-misaddressed']);
    expect(session.sum?.ring).toEqual(session.sumOf(ALL));
  });
});

describe('the list of reasons', () => {
  it('has a case for each', () => {
    const shown = new Set<string>(cases.map(({ reason }) => reason));
    for (const reason of ['late-input', 'duplicate', 'asked-twice', 'reconstruct-mismatch']) {
      shown.add(reason);
    }
    expect([...shown].sort()).toEqual(Object.keys(SECAGG_DROP_REASONS).sort());
  });

  it('is what the decoder uses for lists that do not ascend, and for foreign forms', () => {
    const session = new Session().run();
    const bytes = session.message(SECAGG_MESSAGE_TYPES.survivors, 0);
    const unsorted = body(6, () => ({ type: 6, survivors: [1, 0], lost: [] }))(bytes);
    expect(decodeSecaggMessage(unsorted)).toBe('not-canonical');
    const indefinite = concatBytes(Uint8Array.of(0x9f), bytes.subarray(1), Uint8Array.of(0xff));
    expect(decodeSecaggMessage(indefinite)).toBe('not-canonical');
    expect(decodeSecaggMessage(concatBytes(bytes, Uint8Array.of(0)))).toBe('bad-cbor');
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeSecaggMessage(bytes.subarray(0, length))).toBe('bad-cbor');
    }
  });
});
