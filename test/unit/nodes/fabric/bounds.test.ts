/**
 * Bounds of what a peer makes a node of fabric keep, and what went wrong with numbers that belong to
 * another message than it seems.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../../../engine/core/stream.ts';
import type { CalendarTime } from '../../../../engine/host/time.ts';
import type { CarrierGuarantees } from '../../../../engine/host/transport.ts';
import { CORRECT_BEHAVIOUR } from '../../../../nodes/fabric/behaviour.ts';
import type {
  CallAnswer,
  PeerEffect,
  PeerInput,
  SubmittedMessage,
} from '../../../../nodes/fabric/effects.ts';
import {
  encodeEnvelope,
  type MessageKind,
  makeMessageId,
} from '../../../../nodes/fabric/envelope.ts';
import { ASSEMBLY_BYTES_MAX, UNCONFIRMED_ANSWERS_MAX } from '../../../../nodes/fabric/geometry.ts';
import { Inbox } from '../../../../nodes/fabric/incoming/inbox.ts';
import { PeerMachine } from '../../../../nodes/fabric/peer.ts';
import { decodePacket, type MessagePiece, PacketWriter } from '../../../../nodes/fabric/wire.ts';

const SECOND = 1_000_000_000;
const MIB = 1_048_576;
const OWN = new Uint8Array(8).fill(9);
const PEER = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const OTHER_MEMORY = new Uint8Array(8).fill(7);
const EPOCH_S = 1_767_225_600;
const LOSSY: CarrierGuarantees = { maxBytes: 1_200, delivery: 'best-effort', isOrdered: false };
const CUSTODY: CarrierGuarantees = { maxBytes: 256 * MIB, delivery: 'custody', isOrdered: false };
const REPLY: CallAnswer = { kind: 'reply', payload: new Uint8Array(8) };

/** A machine of bob for alice; what it asks for is noted, and syncs are confirmed at once. */
class Bob {
  now = 0;
  readonly effects: PeerEffect<string>[] = [];
  readonly #machine: PeerMachine<string>;
  #free: number;
  #number = 1;
  #packet = 0;

  constructor(carrier: CarrierGuarantees, freeNumbers = 1_000_000) {
    this.#free = freeNumbers;
    this.#machine = new PeerMachine<string>(
      {
        ...{
          own: 'bob',
          peer: 'alice',
          isPrivate: false,
          memory: OWN,
          life: 1,
          records: [],
          carriers: [carrier],
        },
        options: { queue: 1_000, outbox: 'durable', order: 'arrival', packet: 1_200 },
        behaviour: CORRECT_BEHAVIOUR,
        random: openRandomStream(1, 'bob', 'retries'),
        clock: (): CalendarTime => ({ seconds: EPOCH_S + Math.floor(this.now / SECOND), nanos: 0 }),
        numbers: { next: 1, take: (): number | undefined => this.#takeNumber() },
        inboxRecord: undefined,
        isOutside: (): boolean => true,
      },
      0,
    );
  }

  get holding(): number {
    return this.#machine.holding;
  }

  get nextAt(): number {
    return this.#machine.nextAt();
  }

  take(input: PeerInput<string>): void {
    const pending: PeerInput<string>[] = [input];
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      for (const effect of this.#machine.step(this.now, next)) {
        this.effects.push(effect);
        if (effect.kind === 'sync') pending.push({ kind: 'synced', isDurable: true });
      }
    }
  }

  tick(): void {
    for (const effect of this.#machine.step(this.now, { kind: 'timer' })) this.effects.push(effect);
  }

  /** A message of alice comes in a packet of its own. */
  message(number: number, kind: MessageKind, from = { memory: PEER, floor: 1, bytes: 20 }): void {
    const { memory, floor, bytes } = from;
    const message = encodeEnvelope({
      ...{ id: makeMessageId(memory, number), from: 'alice', to: 'bob', kind, correlation: null },
      ...{ deadlineMs: Number.MAX_SAFE_INTEGER, priority: 1, attempt: 0 },
      payload: new Uint8Array(bytes),
    });
    const writer = new PacketWriter(message.length + 100);
    writer.begin(1, memory, floor);
    writer.piece(number, message, 0, message.length);
    this.take({ kind: 'packet', way: 0, bytes: writer.end(this.#packet).slice() });
    this.#packet += 1;
  }

  /** The owner of a memory answers what bob has asked last. */
  confirm(memory: Uint8Array): void {
    const asked = this.of('send').flatMap((effect) => {
      const packet = effect.kind === 'send' ? decodePacket(effect.bytes) : 'truncated';
      return typeof packet === 'string' ? [] : (packet.challenge ?? []);
    });
    const writer = new PacketWriter(100);
    writer.begin(1, memory, 1);
    writer.confirm(asked.at(-1)?.nonce ?? new Uint8Array(8));
    this.take({ kind: 'packet', way: 0, bytes: writer.end(this.#packet).slice() });
  }

  handled(number: number, answer?: CallAnswer): void {
    this.take({ kind: 'handled', number, ...(answer && { answer }) });
  }

  /** How often effects of this kind were asked for that have this. */
  count(kind: PeerEffect<string>['kind'], has: object = {}): number {
    return this.of(kind, has).length;
  }

  of(kind: PeerEffect<string>['kind'], has: object = {}): readonly PeerEffect<string>[] {
    return this.effects.filter(
      (effect) =>
        effect.kind === kind &&
        Object.entries(has).every(([key, value]) => Reflect.get(effect, key) === value),
    );
  }

  #takeNumber(): number | undefined {
    if (this.#free === 0) return undefined;
    this.#free -= 1;
    return this.#number++;
  }
}

function submission(lifetimeNs: number, request: string): SubmittedMessage<string> {
  return { kind: 'message', payload: new Uint8Array(20), priority: 1, lifetimeNs, request };
}

function bytePiece(number: number, offset: number): MessagePiece {
  return { number, total: 64 * MIB, offset, bytes: Uint8Array.of(1) };
}

/** An inbox that has met the peer. */
function inboxOf(record?: Uint8Array): Inbox {
  const inbox = new Inbox(record);
  if (record === undefined) inbox.adopt(PEER);
  return inbox;
}

describe('pieces of one byte', () => {
  it('took 64 KiB each beyond the bound when one packet had many of them', () => {
    const inbox = inboxOf();
    const pieces = Array.from({ length: 4_000 }, (_, index) =>
      bytePiece(1 + (index >>> 10), (index & 1_023) * 65_536),
    );
    expect(inbox.hasRoomFor(pieces)).toBe(false);
    // 128 MiB are 2,048 chunks.
    expect(inbox.hasRoomFor(pieces.slice(0, 2_048))).toBe(true);
    expect(inbox.hasRoomFor(pieces.slice(0, 2_049))).toBe(false);
  });

  it('were counted as one byte when most of the room was taken', () => {
    const inbox = inboxOf();
    for (let at = 0; at < 2_047; at += 1)
      inbox.take(bytePiece(1 + (at >>> 10), (at & 1_023) << 16));
    expect(inbox.assemblyBytes).toBe(ASSEMBLY_BYTES_MAX - 65_536);
    expect(inbox.hasRoomFor([bytePiece(3, 0), bytePiece(4, 0)])).toBe(false);
    expect(inbox.hasRoomFor([bytePiece(3, 0), bytePiece(1, 1)])).toBe(true);
  });
});

describe('an answer that is found on the disk beyond the window', () => {
  it('made an earlier number seem handled, and was itself forgotten when the floor came', () => {
    const inbox = inboxOf(inboxOf().record());
    inbox.recallHandled(PEER, 5_500);
    expect(inbox.take({ number: 5_500, total: 9, offset: 0, bytes: new Uint8Array(1) }).kind).toBe(
      'known',
    );
    expect(inbox.news().above.length).toBeLessThanOrEqual(128);
    inbox.raise(5_000);
    const kindOf = (number: number): string =>
      inbox.take({ number, total: 9, offset: 0, bytes: new Uint8Array(1) }).kind;
    expect([5_499, 5_500, 5_501].map(kindOf)).toEqual(['partial', 'known', 'partial']);
  });
});

describe('the handler of a message whose sender has lost its memory', () => {
  it('marked a message of the new memory as handled that never came', () => {
    const bob = new Bob(LOSSY);
    bob.message(5, 'message');
    expect(bob.count('hand')).toBe(1);
    bob.message(1, 'message', { memory: OTHER_MEMORY, floor: 1, bytes: 20 });
    bob.confirm(OTHER_MEMORY);
    bob.message(1, 'message', { memory: OTHER_MEMORY, floor: 1, bytes: 20 });
    bob.handled(5);
    bob.message(5, 'message', { memory: OTHER_MEMORY, floor: 1, bytes: 20 });
    expect(bob.count('hand')).toBe(3);
  });
});

describe('a message that ends before it has a number', () => {
  it('was never settled for the account although it had been accepted', () => {
    const bob = new Bob(LOSSY, 0);
    bob.take({ kind: 'submit', message: submission(2 * SECOND, 'late') });
    bob.take({ kind: 'submit', message: submission(SECOND, 'early') });
    expect(bob.nextAt).toBe(SECOND);
    const ends = (): readonly unknown[] =>
      bob.of('settled').map((effect) => {
        if (effect.kind !== 'settled') return undefined;
        const { request, outcome, isKept, tookNs } = effect.settlement;
        return [request, outcome, isKept, tookNs];
      });
    bob.now = SECOND;
    bob.tick();
    // It is not kept from its end by one before it that has more time.
    expect(ends()).toEqual([['early', 'deadline-over', true, SECOND]]);
    bob.now = 2 * SECOND;
    bob.tick();
    expect(ends()).toHaveLength(2);
    expect(bob.count('accepted')).toBe(2);
    expect(bob.holding).toBe(0);
  });
});

describe('a peer that calls and confirms no answer', () => {
  it.each([
    ['with numbers', 1_000_000],
    ['without a number', 0],
  ])('made the node keep every answer for ever, %s', (_, numbers) => {
    const bob = new Bob(CUSTODY, numbers);
    for (let number = 1; number <= UNCONFIRMED_ANSWERS_MAX + 100; number += 1) {
      bob.message(number, 'call', { memory: PEER, floor: number, bytes: 20 });
      bob.handled(number, REPLY);
    }
    expect(bob.holding).toBe(UNCONFIRMED_ANSWERS_MAX);
    expect(bob.count('drop', { reason: 'queue-full' })).toBe(100);
    expect(bob.count('put') - bob.count('erase')).toBeLessThan(2 * UNCONFIRMED_ANSWERS_MAX + 400);
  });
});

describe('messages over a carrier that promises delivery', () => {
  it('went without a word when nobody took those before them', () => {
    const bob = new Bob(CUSTODY);
    for (let number = 1; number <= 4; number += 1)
      bob.message(number, 'message', { memory: PEER, floor: 1, bytes: 40 * MIB });
    expect(bob.count('hand')).toBe(3);
    expect(bob.count('drop', { reason: 'no-room' })).toBe(1);
  });
});
