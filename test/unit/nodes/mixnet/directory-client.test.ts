/**
 * The directory client as a machine: numbers and bytes in, effects out, no network.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../nodes/_kit/machine.ts';
import {
  type DirectoryDocument,
  makeDocument,
  signDocument,
} from '../../../../nodes/mixnet/directory/index.ts';
import {
  DirectoryClient,
  type DirectoryClientEffect,
  type DirectoryClientInput,
  type DirectoryClientParts,
} from '../../../../nodes/mixnet/directory-client.ts';
import { AUTHORITY_RETRY_NS, DOCUMENT_MISSING_MAX_NS } from '../../../../nodes/mixnet/geometry.ts';
import {
  type DocumentStatus,
  decodeDocumentRequest,
  encodeAuthorityRecord,
  encodeDocumentRecord,
} from '../../../../nodes/mixnet/records.ts';
import { bytesOf, crypto, documentInput, randomFrom } from './directory/network.ts';

const SECOND = 1_000_000_000;
const EPOCH_NS = 120 * SECOND;
const FIRST_EPOCH = 7;
const FIRST_RETRY_NS = AUTHORITY_RETRY_NS / 10;
/** Length of the header of a record. */
const HEADER = 5;
const NOTHING = new Uint8Array(0);

const secret = bytesOf('authority', 0);
const documents = new Map<number, DirectoryDocument>();
for (let epoch = FIRST_EPOCH; epoch < FIRST_EPOCH + 3; epoch++) {
  const previous = documents.get(epoch - 1);
  const sharedRandomValue = bytesOf('random', epoch);
  const input = documentInput('stratified', 9, { epoch, previous, sharedRandomValue });
  documents.set(epoch, makeDocument(crypto, input));
}

/** The answer that holds a document. */
function here(document: DirectoryDocument): Uint8Array {
  return encodeDocumentRecord('here', signDocument(crypto, secret, document));
}

/** A client, its clock, and a record of its effects. */
class Bench {
  now = 0;
  /** Error of the clock. */
  aheadNs: number;
  readonly effects: { readonly at: number; readonly effect: DirectoryClientEffect }[] = [];
  readonly #machine: DirectoryClient;

  /** @param elapsedNs How much of the first epoch is over at the start. */
  constructor(parts: Partial<DirectoryClientParts> = {}, elapsedNs = 0, aheadNs = 0) {
    this.aheadNs = aheadNs;
    const clock = {
      lengthNs: EPOCH_NS,
      now: (): ReturnType<DirectoryClientParts['clock']['now']> => {
        const inAllNs = this.now + elapsedNs + this.aheadNs;
        const epoch = FIRST_EPOCH + Math.floor(inAllNs / EPOCH_NS);
        const sinceNs = inAllNs - (epoch - FIRST_EPOCH) * EPOCH_NS;
        return { epoch, elapsedNs: sinceNs, remainingNs: EPOCH_NS - sinceNs };
      },
    };
    this.#machine = new DirectoryClient({
      clock,
      crypto,
      random: randomFrom(1),
      trust: { keys: [crypto.ed25519PublicKey(secret)], threshold: 1 },
      isPlacementChecked: true,
      isListed: false,
      isBeaconNeeded: false,
      firstRetryNs: FIRST_RETRY_NS,
      ...parts,
    });
    this.take({ kind: 'start' });
  }

  take(input: DirectoryClientInput): readonly DirectoryClientEffect[] {
    const effects = this.#machine.step(this.now, input);
    this.#keep(effects);
    return effects;
  }

  /** Advances time to `until`; the machine's own instants included. */
  run(until: number): void {
    for (let at = this.#machine.nextAt(); at <= until; at = this.#machine.nextAt()) {
      expect(at).toBeGreaterThanOrEqual(this.now);
      this.now = at;
      this.#keep(this.#machine.step(at, TIMER_DUE));
    }
    this.now = until;
  }

  /** Opens a stream; returns what the client writes on it, without the header. */
  opened(exchange: number): Uint8Array {
    const [write] = this.take({ kind: 'opened', exchange });
    if (write?.kind !== 'write') throw new Error(`no record for exchange ${exchange}`);
    expect(write.exchange).toBe(exchange);
    return write.bytes.subarray(HEADER);
  }

  /** Opens a stream and answers the request on it. */
  answer(exchange: number, record: Uint8Array): readonly DirectoryClientEffect[] {
    this.opened(exchange);
    const effects = this.take({ kind: 'data', exchange, bytes: record });
    return [...effects, ...this.take({ kind: 'closed', exchange })];
  }

  /** The exchanges begun so far, with their instants. */
  get connects(): readonly { readonly at: number; readonly exchange: number }[] {
    return this.effects.flatMap(({ at, effect }) =>
      effect.kind === 'connect' ? [{ at, exchange: effect.exchange }] : [],
    );
  }

  /** Epochs of the documents that came into use, in their order. */
  get used(): readonly number[] {
    return this.effects.flatMap(({ effect }) =>
      effect.kind === 'document' ? [effect.document.epoch] : [],
    );
  }

  get drops(): readonly string[] {
    return this.effects.flatMap(({ effect }) => (effect.kind === 'drop' ? [effect.reason] : []));
  }

  #keep(effects: readonly DirectoryClientEffect[]): void {
    for (const effect of effects) this.effects.push({ at: this.now, effect });
  }
}

const documentOf = (epoch: number): DirectoryDocument => documents.get(epoch)!;

describe('a client that is not listed', () => {
  it('asks at once for the present document, uses it and ends the stream', () => {
    const bench = new Bench();
    expect(bench.connects).toEqual([{ at: 0, exchange: 0 }]);
    expect(decodeDocumentRequest(bench.opened(0))).toBe(FIRST_EPOCH);
    const effects = bench.take({ kind: 'data', exchange: 0, bytes: here(documentOf(FIRST_EPOCH)) });
    expect(effects.map(({ kind }) => kind)).toEqual(['end', 'document']);
    expect(bench.take({ kind: 'closed', exchange: 0 })).toEqual([]);
  });

  it('fetches the next document in the third quarter of the epoch, and uses it from its start', () => {
    const bench = new Bench();
    bench.answer(0, here(documentOf(FIRST_EPOCH)));
    bench.run(EPOCH_NS - 1);
    const [, next] = bench.connects;
    expect(next?.at).toBeGreaterThanOrEqual((5 / 8) * EPOCH_NS);
    expect(next?.at).toBeLessThan((6 / 8) * EPOCH_NS);
    bench.answer(1, here(documentOf(FIRST_EPOCH + 1)));
    expect(bench.used).toEqual([FIRST_EPOCH]);
    bench.run(EPOCH_NS);
    expect(bench.used).toEqual([FIRST_EPOCH, FIRST_EPOCH + 1]);
  });

  it('reads an answer that arrives byte by byte', () => {
    const bench = new Bench();
    bench.opened(0);
    for (const byte of here(documentOf(FIRST_EPOCH))) {
      bench.take({ kind: 'data', exchange: 0, bytes: Uint8Array.of(byte) });
    }
    expect(bench.used).toEqual([FIRST_EPOCH]);
  });
});

describe('after a failure', () => {
  it('asks for the first document again after its short pause, for the next after the long one', () => {
    const bench = new Bench();
    bench.take({ kind: 'failed', exchange: 0 });
    bench.run(SECOND / 20);
    expect(bench.connects[1]).toEqual({ at: FIRST_RETRY_NS, exchange: 1 });
    bench.answer(1, here(documentOf(FIRST_EPOCH)));
    bench.run((6 / 8) * EPOCH_NS);
    bench.take({ kind: 'failed', exchange: 2 });
    const failedAt = bench.now;
    bench.run(failedAt + AUTHORITY_RETRY_NS);
    expect(bench.connects[3]).toEqual({ at: failedAt + AUTHORITY_RETRY_NS, exchange: 3 });
  });

  it.each<readonly [string, DirectoryClientInput]>([
    ['closed', { kind: 'closed', exchange: 0 }],
    ['reset because of malformed bytes', { kind: 'data', exchange: 0, bytes: bytesOf('no', 1) }],
  ])('asks again when the stream is %s', (_how, input) => {
    const bench = new Bench();
    bench.opened(0);
    bench.take(input);
    // Whatever comes on that stream later, the request is repeated once.
    bench.take({ kind: 'closed', exchange: 0 });
    bench.run(FIRST_RETRY_NS);
    expect(bench.connects).toHaveLength(2);
    expect(bench.drops).toEqual(input.kind === 'data' ? ['record-malformed'] : []);
  });

  it.each([
    ['ahead', 10],
    ['behind', -3],
  ])('of its clock, which was %s at the start, has the present document soon', (_, epochs) => {
    const bench = new Bench({}, 0, epochs * EPOCH_NS);
    bench.opened(0);
    bench.aheadNs = 0;
    bench.take({ kind: 'closed', exchange: 0 });
    bench.run(FIRST_RETRY_NS);
    const { connects } = bench;
    expect(connects).toEqual([
      { at: 0, exchange: 0 },
      { at: FIRST_RETRY_NS, exchange: 1 },
    ]);
    bench.answer(1, here(documentOf(FIRST_EPOCH)));
    bench.run(EPOCH_NS - 1);
    bench.answer(2, here(documentOf(FIRST_EPOCH + 1)));
    bench.run(EPOCH_NS);
    expect(bench.used).toEqual([FIRST_EPOCH, FIRST_EPOCH + 1]);
    expect(bench.connects).toHaveLength(3);
  });

  it('counts an answer that ends within its record, and asks again when the stream is closed', () => {
    const bench = new Bench();
    bench.opened(0);
    const bytes = here(documentOf(FIRST_EPOCH)).subarray(0, 100);
    bench.take({ kind: 'data', exchange: 0, bytes });
    bench.take({ kind: 'ended', exchange: 0 });
    expect(bench.drops).toEqual(['record-truncated']);
    bench.take({ kind: 'closed', exchange: 0 });
    bench.run(FIRST_RETRY_NS);
    expect(bench.connects).toHaveLength(2);
  });

  it('asks again for a document that the authority did not sign', () => {
    const bench = new Bench();
    const forged = signDocument(crypto, bytesOf('stranger', 0), documentOf(FIRST_EPOCH));
    bench.answer(0, encodeDocumentRecord('here', forged));
    bench.run(FIRST_RETRY_NS);
    expect(bench.drops).toHaveLength(1);
    expect(bench.used).toEqual([]);
    expect(bench.connects).toHaveLength(2);
  });

  it('asks for nothing whose epoch is over', () => {
    const bench = new Bench();
    bench.answer(0, here(documentOf(FIRST_EPOCH)));
    bench.run(EPOCH_NS - 1);
    bench.answer(1, here(documentOf(FIRST_EPOCH + 1)));
    bench.run(2 * EPOCH_NS);
    // The document of the third epoch was asked for on a stream that fails only in the fourth.
    const late = bench.connects.at(-2)?.exchange ?? -1;
    bench.run(3 * EPOCH_NS);
    const before = bench.connects.length;
    bench.take({ kind: 'failed', exchange: late });
    bench.run(bench.now + AUTHORITY_RETRY_NS);
    expect(bench.connects).toHaveLength(before);
  });
});

describe('a stream that never answers', () => {
  it('holds up its own request only: the start of the next epoch asks anew', () => {
    const bench = new Bench();
    bench.opened(0);
    bench.run(EPOCH_NS - 1);
    // The only other request was that for the next document.
    expect(bench.connects.map(({ exchange }) => exchange)).toEqual([0, 1]);
    bench.run(EPOCH_NS);
    expect(bench.connects.at(-1)).toEqual({ at: EPOCH_NS, exchange: 2 });
    expect(decodeDocumentRequest(bench.opened(2))).toBe(FIRST_EPOCH + 1);
  });

  it('took the same document into use twice, when both requests for it were answered', () => {
    const bench = new Bench();
    bench.answer(0, here(documentOf(FIRST_EPOCH)));
    bench.run(EPOCH_NS);
    bench.answer(1, here(documentOf(FIRST_EPOCH + 1)));
    bench.answer(2, here(documentOf(FIRST_EPOCH + 1)));
    expect(bench.used).toEqual([FIRST_EPOCH, FIRST_EPOCH + 1]);
    // Neither of the two is repeated.
    const before = bench.connects.length;
    bench.run(bench.now + AUTHORITY_RETRY_NS);
    expect(bench.connects).toHaveLength(before);
  });
});

describe('an authority without the present document', () => {
  const without = (status: DocumentStatus): Uint8Array => encodeDocumentRecord(status, NOTHING);
  const warnings = (bench: Bench): number =>
    bench.effects.filter(({ effect }) => effect.kind === 'warn').length;

  it('makes the client suspect its clock once, and only after a while', () => {
    const bench = new Bench();
    bench.answer(0, without('not-yet'));
    let asked = 1;
    for (; bench.now < DOCUMENT_MISSING_MAX_NS; asked++) {
      bench.run(bench.now + FIRST_RETRY_NS);
      expect(warnings(bench)).toBe(0);
      bench.answer(asked, without('not-yet'));
    }
    expect(warnings(bench)).toBe(1);
    bench.run(bench.now + FIRST_RETRY_NS);
    bench.answer(asked, without('gone'));
    expect(warnings(bench)).toBe(1);
  });

  it('makes the client suspect its clock at once if it no longer keeps the document', () => {
    const bench = new Bench();
    bench.answer(0, without('gone'));
    expect(warnings(bench)).toBe(1);
  });
});

describe('a client that is listed', () => {
  const described = (epoch: number): DirectoryClientInput => {
    return { kind: 'described', epoch, descriptor: bytesOf('descriptor', epoch) };
  };
  const listed = (parts: Partial<DirectoryClientParts> = {}): Bench =>
    new Bench({ isListed: true, ...parts });

  it('uploads its descriptor, and fetches the document when it was accepted', () => {
    const bench = listed();
    const target = { epoch: FIRST_EPOCH, beacon: undefined };
    expect(bench.effects).toEqual([{ at: 0, effect: { kind: 'describe', target } }]);
    bench.take(described(FIRST_EPOCH));
    expect(bench.opened(0)).toEqual(bytesOf('descriptor', FIRST_EPOCH));
    const bytes = encodeAuthorityRecord('accepted', NOTHING);
    const effects = bench.take({ kind: 'data', exchange: 0, bytes });
    expect(effects).toEqual([
      { kind: 'end', exchange: 0 },
      { kind: 'connect', exchange: 1 },
    ]);
    expect(decodeDocumentRequest(bench.opened(1))).toBe(FIRST_EPOCH);
  });

  it('does not repeat an upload that is refused, and asks for no document until the next epoch', () => {
    const bench = listed();
    bench.take(described(FIRST_EPOCH));
    bench.answer(0, encodeAuthorityRecord('refused', NOTHING));
    expect(bench.drops).toEqual(['descriptor-refused']);
    bench.run((5 / 8) * EPOCH_NS - 1);
    expect(bench.connects).toHaveLength(1);
  });

  it('repeats an upload without an answer', () => {
    const bench = listed();
    bench.take(described(FIRST_EPOCH));
    bench.opened(0);
    bench.take({ kind: 'closed', exchange: 0 });
    bench.run(AUTHORITY_RETRY_NS);
    expect(bench.connects[1]).toEqual({ at: AUTHORITY_RETRY_NS, exchange: 1 });
    expect(bench.opened(1)).toEqual(bytesOf('descriptor', FIRST_EPOCH));
  });

  it('has the descriptor of the next epoch made in the first sixteenth of each', () => {
    const bench = listed();
    bench.run(EPOCH_NS + EPOCH_NS / 16);
    const made = bench.effects.flatMap(({ at, effect }) =>
      effect.kind === 'describe' ? [{ at, epoch: effect.target.epoch }] : [],
    );
    expect(made.map(({ epoch }) => epoch)).toEqual([FIRST_EPOCH, FIRST_EPOCH + 1, FIRST_EPOCH + 2]);
    expect(made[1]?.at).toBeGreaterThan(0);
    expect(made[1]?.at).toBeLessThan(EPOCH_NS / 16);
    expect(made[2]?.at).toBeGreaterThan(EPOCH_NS);
  });

  it('asks for the document before, whose random value is the beacon; there is none at first', () => {
    const bench = listed({ isBeaconNeeded: true });
    expect(decodeDocumentRequest(bench.opened(0))).toBe(FIRST_EPOCH - 1);
    const bytes = encodeDocumentRecord('gone', NOTHING);
    const effects = bench.take({ kind: 'data', exchange: 0, bytes });
    const target = { epoch: FIRST_EPOCH, beacon: new Uint8Array(32) };
    expect(effects[1]).toEqual({ kind: 'describe', target });
  });

  it('asks for a beacon again that does not exist yet, until it has the document itself', () => {
    const bench = listed({ isBeaconNeeded: true });
    bench.answer(0, encodeDocumentRecord('gone', NOTHING));
    bench.take(described(FIRST_EPOCH));
    bench.answer(1, encodeAuthorityRecord('accepted', NOTHING));
    bench.run(EPOCH_NS / 16);
    const beaconAsk = bench.connects.at(-1)?.exchange ?? -1;
    bench.answer(beaconAsk, encodeDocumentRecord('not-yet', NOTHING));
    bench.answer(2, here(documentOf(FIRST_EPOCH)));
    const before = bench.connects.length;
    bench.run(bench.now + AUTHORITY_RETRY_NS);
    const target = { epoch: FIRST_EPOCH + 1, beacon: documentOf(FIRST_EPOCH).sharedRandomValue };
    expect(bench.effects.at(-1)?.effect).toEqual({ kind: 'describe', target });
    expect(bench.connects).toHaveLength(before);
  });
});

describe('a client that starts late in an epoch', () => {
  it('does at once what the epoch would have had it do before', () => {
    const bench = new Bench({}, EPOCH_NS - SECOND);
    bench.run(0);
    // The present document, and the next.
    expect(bench.connects).toEqual([
      { at: 0, exchange: 0 },
      { at: 0, exchange: 1 },
    ]);
    bench.run(SECOND);
    expect(bench.connects.at(-1)).toEqual({ at: SECOND, exchange: 2 });
  });
});
