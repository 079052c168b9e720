/**
 * The authority as a machine: records in, replies and what goes to disk out, no network.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { TIMER_DUE } from '../../../../nodes/_kit/machine.ts';
import { AddressBook } from '../../../../nodes/mixnet/address-book.ts';
import {
  type AuthorityEffect,
  type AuthorityInput,
  AuthorityStateMachine,
} from '../../../../nodes/mixnet/authority/machine.ts';
import { type MixnetOptions, mixnetConfig } from '../../../../nodes/mixnet/config.ts';
import {
  checkNeighbourProofs,
  type Descriptor,
  type EpochPosition,
  openDocument,
  signDescriptor,
} from '../../../../nodes/mixnet/directory/index.ts';
import { AUTHORITY_RETRY_NS, FIRST_DOCUMENT_WAIT_NS } from '../../../../nodes/mixnet/geometry.ts';
import {
  type AuthorityRecordType,
  decodeDocumentRecord,
  encodeAuthorityRecord,
  encodeDocumentRequest,
} from '../../../../nodes/mixnet/records.ts';
import { deriveNodeId } from '../../../../nodes/mixnet/trust.ts';
import {
  bytesOf,
  crypto,
  identitySecret,
  descriptor as plainDescriptor,
} from './directory/network.ts';

const SECOND = 1_000_000_000;
const EPOCH_NS = 120 * SECOND;
const EPOCH = 7;
/** Length of the header of a record. */
const HEADER = 5;
const NOTHING = new Uint8Array(0);
const DUE_NS = (5 / 8) * EPOCH_NS;

const secret = bytesOf('authority', 0);
const trust = { keys: [crypto.ed25519PublicKey(secret)], threshold: 1 };

/** A descriptor with the identifier that follows from its identity key. */
function descriptor(role: Descriptor['role'], number: number, epoch = EPOCH): Descriptor {
  const node = plainDescriptor(role, number, epoch);
  return { ...node, nodeId: deriveNodeId(crypto, node.identityKey) };
}

/** Three mixes and two providers. */
function nodes(epoch: number): readonly Descriptor[] {
  const mixes = [0, 1, 2].map((number) => descriptor('mix', number, epoch));
  return [...mixes, ...[0, 1].map((number) => descriptor('provider', number, epoch))];
}

/** The descriptor as its node signs it. */
function signed(node: Descriptor): Uint8Array {
  const number = Number(node.name.split('-')[1]);
  return signDescriptor(crypto, identitySecret(node.role, number), node);
}

const book = new AddressBook(
  { hosts: nodes(EPOCH).map(({ name, address }) => ({ name, address })), links: [] } as never,
  crypto,
);

/** An authority, its clock, its disk, and a record of its effects. */
class Bench {
  now = 0;
  readonly effects: AuthorityEffect[] = [];
  readonly disk: Map<string, Uint8Array>;
  readonly machine: AuthorityStateMachine;

  /** @param startNs When it starts, from the beginning of the first epoch. */
  constructor(startNs = 0, disk: ReadonlyMap<string, Uint8Array> = new Map(), more: object = {}) {
    this.disk = new Map(disk);
    const options: MixnetOptions = mixnetConfig.parse({
      role: 'authority',
      epoch: '120s',
      ...more,
    });
    const identities = new Map(nodes(EPOCH).map(({ name, identityKey }) => [name, identityKey]));
    this.machine = new AuthorityStateMachine({
      clock: {
        lengthNs: EPOCH_NS,
        schedule: { zeroSeconds: 0, lengthMs: EPOCH_NS / 1_000_000 },
        now: (): EpochPosition => {
          const sinceNs = this.now + startNs;
          const elapsedNs = sinceNs % EPOCH_NS;
          const epoch = EPOCH + Math.floor(sinceNs / EPOCH_NS);
          return { epoch, elapsedNs, remainingNs: EPOCH_NS - elapsedNs };
        },
      },
      crypto,
      options,
      checkProofs: checkNeighbourProofs,
      book,
      secret,
      trust,
      identityKeyOf: (name): Uint8Array => identities.get(name)!,
      randomBytes: (length): Uint8Array => bytesOf('random', this.now).subarray(0, length),
    });
    this.take({ kind: 'start', stored: new Map(disk) });
  }

  take(input: AuthorityInput): readonly AuthorityEffect[] {
    const effects = this.machine.step(this.now, input);
    this.#perform(effects);
    return effects;
  }

  run(until: number): void {
    for (let at = this.machine.nextAt(); at <= until; at = this.machine.nextAt()) {
      this.now = at;
      this.#perform(this.machine.step(at, TIMER_DUE));
      expect(this.machine.nextAt()).toBeGreaterThan(at);
    }
    this.now = until;
  }

  /** The reply to one record; undefined when the stream was reset. */
  reply(type: AuthorityRecordType, body: Uint8Array): Uint8Array | undefined {
    const reply = this.take({ kind: 'record', stream: 3, type, body }).at(-1);
    if (reply?.kind === 'reset') return undefined;
    if (reply?.kind !== 'reply') throw new Error(`no reply: ${reply?.kind}`);
    expect(reply.stream).toBe(3);
    return reply.record;
  }

  upload(epoch: number): void {
    for (const node of nodes(epoch)) {
      expect(this.reply('upload', signed(node))).toEqual(
        encodeAuthorityRecord('accepted', NOTHING),
      );
    }
  }

  ask(epoch: number): ReturnType<typeof decodeDocumentRecord> {
    const record = this.reply('ask', encodeDocumentRequest(epoch).subarray(HEADER));
    return record && decodeDocumentRecord(record.subarray(HEADER));
  }

  #perform(effects: readonly AuthorityEffect[]): void {
    this.effects.push(...effects);
    for (const effect of effects) {
      if (effect.kind === 'put') this.disk.set(effect.key, effect.value);
      else if (effect.kind === 'delete') this.disk.delete(effect.key);
    }
  }
}

const kinds = (effects: readonly AuthorityEffect[]): readonly string[] =>
  effects.map(({ kind }) => kind);

describe('descriptors', () => {
  it('of provisioned nodes are put on disk and accepted', () => {
    const bench = new Bench();
    const body = signed(descriptor('mix', 1));
    const effects = bench.take({ kind: 'record', stream: 0, type: 'upload', body });
    expect(effects).toEqual([
      { kind: 'put', key: 'descriptor-mix-1-1', value: body },
      { kind: 'sync' },
      { kind: 'reply', stream: 0, record: encodeAuthorityRecord('accepted', NOTHING) },
    ]);
    expect(bench.machine.descriptors).toBe(1);
  });

  const stranger = descriptor('mix', 9);
  const moved = { ...descriptor('mix', 1), address: '127.0.9.9' };
  const forged = signDescriptor(crypto, identitySecret('mix', 2), descriptor('mix', 1));
  const own = { ...descriptor('mix', 1), identityKey: stranger.identityKey };
  it.each([
    ['of an unknown node', signed(stranger)],
    ['with another address', signed(moved)],
    ['that another node signed', forged],
    [
      'with a key that is not the provisioned one',
      signDescriptor(crypto, identitySecret('mix', 9), own),
    ],
    ['of random bytes', bytesOf('noise', 1)],
    // It would make every document inconsistent, so that none were published.
    [
      'with the identifier of another node',
      signed({ ...descriptor('mix', 1), nodeId: descriptor('mix', 0).nodeId }),
    ],
    ['without a mix key', signed({ ...descriptor('mix', 1), mixKeys: new Map() })],
  ])('%s are refused, counted and kept nowhere', (_which, body) => {
    const bench = new Bench();
    expect(bench.take({ kind: 'record', stream: 0, type: 'upload', body })).toEqual([
      { kind: 'drop', reason: 'descriptor-refused' },
      { kind: 'reply', stream: 0, record: encodeAuthorityRecord('refused', NOTHING) },
    ]);
    expect(bench.machine.descriptors).toBe(0);
    expect(bench.disk.size).toBe(0);
  });
});

describe('the first document', () => {
  it('waits until no node has uploaded for a while', () => {
    const bench = new Bench();
    bench.run(FIRST_DOCUMENT_WAIT_NS / 2);
    bench.upload(EPOCH);
    bench.run((3 / 2) * FIRST_DOCUMENT_WAIT_NS - 1);
    expect(bench.machine.documents).toEqual([]);
    expect(bench.ask(EPOCH)?.status).toBe('not-yet');
    bench.run((3 / 2) * FIRST_DOCUMENT_WAIT_NS);
    expect(bench.machine.documents).toEqual([EPOCH]);
    const answer = bench.ask(EPOCH);
    expect(answer?.status).toBe('here');
    const document = openDocument(crypto, trust, answer!.document, EPOCH);
    if ('drop' in document) throw new Error(document.drop);
    expect(document.layers.flat()).toHaveLength(3);
    expect(document.providers.map(({ name }) => name).sort()).toEqual(['provider-0', 'provider-1']);
  });

  it('is not put off by a node that uploads the same again and again', () => {
    const bench = new Bench();
    bench.upload(EPOCH);
    for (let round = 1; round < 8; round += 1) {
      bench.run((round * FIRST_DOCUMENT_WAIT_NS) / 2);
      bench.reply('upload', signed(descriptor('mix', 1)));
    }
    expect(bench.machine.documents).toEqual([EPOCH]);
  });

  it('is tried again soon while there are no nodes to put into it', () => {
    const bench = new Bench();
    bench.run(FIRST_DOCUMENT_WAIT_NS);
    expect(bench.machine.nextAt()).toBe(FIRST_DOCUMENT_WAIT_NS + AUTHORITY_RETRY_NS);
    bench.run(10 * SECOND);
    expect(bench.machine.documents).toEqual([]);
    // No document is published that every node would refuse.
    expect(kinds(bench.effects)).not.toContain('published');
  });
});

describe('later documents', () => {
  it('are made at five eighths of the epoch before, and put on disk before they are announced', () => {
    const bench = new Bench();
    bench.upload(EPOCH);
    bench.run(DUE_NS - 1);
    expect(bench.machine.nextAt()).toBe(DUE_NS);
    expect(bench.ask(EPOCH + 1)?.status).toBe('not-yet');
    const before = bench.effects.length;
    bench.run(DUE_NS);
    expect(bench.machine.documents).toEqual([EPOCH, EPOCH + 1]);
    const made = kinds(bench.effects.slice(before));
    expect(made.indexOf('put')).toBeLessThan(made.indexOf('sync'));
    expect(made.indexOf('sync')).toBeLessThan(made.indexOf('published'));
    expect(bench.machine.nextAt()).toBe(EPOCH_NS + DUE_NS);
  });

  it('push out those of epochs long over, from memory and from disk', () => {
    const bench = new Bench();
    for (let epoch = EPOCH; epoch < EPOCH + 5; epoch++) {
      bench.upload(epoch);
      bench.run((epoch - EPOCH) * EPOCH_NS + DUE_NS);
    }
    const last = EPOCH + 5;
    expect(bench.machine.documents).toEqual([last - 2, last - 1, last]);
    const kept = [...bench.disk.keys()].filter((key) => key.startsWith('document-'));
    expect(kept.sort()).toEqual(bench.machine.documents.map((epoch) => `document-${epoch}`).sort());
    expect(bench.ask(EPOCH)?.status).toBe('gone');
  });
});

describe('after a restart', () => {
  it('serves what is on disk at once, and makes the next document without new uploads', () => {
    const first = new Bench();
    first.upload(EPOCH);
    first.run(SECOND);
    const again = new Bench(2 * SECOND, first.disk);
    expect(again.machine.documents).toEqual([EPOCH]);
    expect(again.ask(EPOCH)?.document).toEqual(first.ask(EPOCH)?.document);
    expect(again.machine.descriptors).toBe(5);
    again.run(DUE_NS);
    expect(again.machine.documents).toEqual([EPOCH, EPOCH + 1]);
  });

  it('does not serve a document on disk that it did not sign', () => {
    const again = new Bench(0, new Map([[`document-${EPOCH}`, bytesOf('noise', 2)]]));
    expect(again.machine.documents).toEqual([]);
    expect(again.ask(EPOCH)?.status).toBe('not-yet');
  });
});

describe('requests', () => {
  it('of a wrong length reset their stream and are counted', () => {
    const bench = new Bench();
    expect(bench.reply('ask', Uint8Array.of(1, 2))).toBeUndefined();
    expect(bench.effects).toContainEqual({ kind: 'drop', reason: 'record-malformed' });
  });
});

describe('warnings', () => {
  const warnings = (bench: Bench): number =>
    kinds(bench.effects).filter((it) => it === 'warn').length;

  it('say once, with the first document, that no loop of the network can be audited', () => {
    const bench = new Bench(0, new Map(), { mixing: { strategy: 'vrf-exp' } });
    bench.upload(EPOCH);
    bench.run(FIRST_DOCUMENT_WAIT_NS - 1);
    expect(warnings(bench)).toBe(0);
    bench.run(DUE_NS);
    expect(bench.machine.documents).toHaveLength(2);
    expect(warnings(bench)).toBe(1);
  });

  it('say once that the format is a research format', () => {
    const sphinx = { format: 'outfox-like-research', exchange: 'x25519-kem' };
    expect(warnings(new Bench(0, new Map(), { sphinx }))).toBe(1);
    expect(warnings(new Bench())).toBe(0);
  });
});
