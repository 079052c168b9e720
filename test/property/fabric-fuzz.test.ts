/**
 * What a hostile peer can send a node of fabric: named drops, bounded memory, no exception, and
 * traffic that goes on afterwards.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import type { CalendarTime } from '../../engine/host/time.ts';
import { writeUint32, writeUint48 } from '../../nodes/_kit/bytes.ts';
import { CORRECT_BEHAVIOUR } from '../../nodes/fabric/behaviour.ts';
import { FABRIC_DROP_REASONS } from '../../nodes/fabric/drop-reasons.ts';
import type { PeerEffect, PeerInput } from '../../nodes/fabric/effects.ts';
import {
  decodeEnvelope,
  encodeEnvelope,
  MESSAGE_KINDS,
  makeMessageId,
} from '../../nodes/fabric/envelope.ts';
import { PeerMachine } from '../../nodes/fabric/peer.ts';
import { PacketWriter } from '../../nodes/fabric/wire.ts';
import { type Draw, draws } from '../fixtures/draws.ts';
import { resealed } from '../unit/nodes/fabric/resealed.ts';

const INPUTS = 100_000;
const MS = 1_000_000;
const MIB = 1_048_576;
const OWN = Uint8Array.of(9, 9, 9, 9, 9, 9, 9, 9);
const PEER = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const EPOCH_S = 1_767_225_600;
const LIMIT = 1_200;
const HEAD = 28;

type Effect = PeerEffect<string>;

/** A node that is called bob, and whose peer is alice. */
class Victim {
  now = 0;
  readonly drops = new Map<string, number>();
  readonly handed: number[] = [];
  sent = 0;
  #next = 1;
  readonly machine = new PeerMachine<string>(
    {
      ...{ own: 'bob', peer: 'alice', isPrivate: false, memory: OWN, life: 1 },
      options: {
        queue: 1_000,
        outbox: 'durable',
        order: 'arrival',
        packet: LIMIT,
      },
      behaviour: CORRECT_BEHAVIOUR,
      carriers: [{ maxBytes: LIMIT, delivery: 'best-effort', isOrdered: false }],
      random: openRandomStream(1, 'bob', 'retries'),
      clock: (): CalendarTime => ({
        seconds: EPOCH_S + Math.floor(this.now / 1e9),
        nanos: this.now % 1e9,
      }),
      numbers: { next: 1, take: (): number => this.#next++ },
      records: [],
      inboxRecord: undefined,
      isOutside: (kind): boolean => kind === 'message',
    },
    0,
  );

  take(input: PeerInput<string>): void {
    const pending: PeerInput<string>[] = [input];
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      for (const effect of this.machine.step(this.now, next)) this.#perform(effect, pending);
    }
  }

  packet(bytes: Uint8Array): void {
    this.now += MS;
    this.take({ kind: 'packet', way: 0, bytes });
    if (this.machine.nextAt() <= this.now) this.#fire();
  }

  /** Time passes until it sends something, or has nothing more to do by itself. */
  waitForPacket(): void {
    const before = this.sent;
    while (this.sent === before && this.machine.nextAt() < this.now + 60 * 1_000 * MS) {
      this.now = Math.max(this.now, this.machine.nextAt());
      this.#fire();
    }
  }

  #fire(): void {
    for (const effect of this.machine.step(this.now, { kind: 'timer' })) this.#perform(effect, []);
  }

  #perform(effect: Effect, pending: PeerInput<string>[]): void {
    if (effect.kind === 'drop') {
      this.drops.set(effect.reason, (this.drops.get(effect.reason) ?? 0) + 1);
    } else if (effect.kind === 'sync') pending.push({ kind: 'synced', isDurable: true });
    else if (effect.kind === 'send') this.sent += 1;
    else if (effect.kind === 'hand') {
      const { number, kind } = effect.arrival;
      this.handed.push(number);
      const answer = { kind: 'reply', payload: new Uint8Array(8) } as const;
      pending.push({ kind: 'handled', number, ...(kind === 'call' && { answer }) });
    }
  }
}

interface Fields {
  readonly number: number;
  readonly packet: number;
  readonly life?: number;
  readonly floor?: number;
}

/** A call of alice in a packet of its own. */
function callPacket({ number, packet, life = 1, floor = 1 }: Fields): Uint8Array {
  const message = encodeEnvelope({
    id: makeMessageId(PEER, number),
    ...{ from: 'alice', to: 'bob', kind: 'call', correlation: null },
    ...{ deadlineMs: (EPOCH_S + 86_400) * 1_000, priority: 1, attempt: 0 },
    payload: new Uint8Array(20).fill(number),
  });
  const writer = new PacketWriter(LIMIT);
  writer.begin(life, PEER, floor);
  writer.piece(number, message, 0, message.length);
  writer.elicit();
  return writer.end(packet).slice();
}

function questions(writer: PacketWriter, below: Draw): void {
  const nonce = Uint8Array.from({ length: 8 }, () => below(2));
  const memory = below(2) === 0 ? OWN : PEER;
  if (below(20) === 0) writer.challenge({ memory, life: below(3), nonce });
  if (below(20) === 0) writer.confirm(nonce);
}

/** A packet with fields drawn, most of them lies, and some bytes changed. */
function hostilePacket(below: Draw): Uint8Array {
  const writer = new PacketWriter(LIMIT);
  const big = (): number => (below(3) === 0 ? below(2 ** 31) * 2 ** below(16) : below(2_000));
  writer.begin(
    1 + below(3),
    below(20) === 0 ? Uint8Array.from({ length: 8 }, () => below(4)) : PEER,
    // Small, so that the window stays where the numbers of pieces are, or beyond it.
    below(50) === 0 ? below(100) * (below(2) === 0 ? 1 : 2 ** 40) : 1,
  );
  if (below(3) === 0) {
    const largest = below(1_000);
    writer.acknowledge(below(3), {
      largest,
      delayNs: 0,
      ranges: [[Math.max(0, largest - below(20)), largest]],
    });
  }
  if (below(3) === 0) {
    const above = Uint8Array.from({ length: below(129) }, () => below(256));
    writer.news({ memory: below(2) === 0 ? OWN : PEER, contiguous: big(), above });
  }
  questions(writer, below);
  const count = below(4);
  for (let index = 0; index < count; index += 1)
    writer.piece(big(), new Uint8Array(1 + below(200)), 0, 1);
  if (below(2) === 0) writer.elicit();
  if (below(5) === 0) writer.askNews();
  const bytes = writer.end(below(5_000)).slice();
  for (let changes = below(4); changes > 0; changes -= 1) bytes[below(bytes.length)] = below(256);
  // With a checksum that fits: the first check would stop nearly all others.
  if (below(50) === 0) return bytes;
  return resealed(below(10) === 0 ? bytes.slice(0, below(bytes.length)) : bytes);
}

/** An envelope of any kind with up to three bytes drawn, or cut. */
function mutatedEnvelope(below: Draw): Uint8Array {
  const kind = MESSAGE_KINDS[below(MESSAGE_KINDS.length)] ?? 'call';
  const isAnswer = kind === 'reply' || kind === 'refusal';
  const bytes = encodeEnvelope({
    id: makeMessageId(PEER, below(1_000)),
    ...{ from: 'alice', to: 'bob', kind },
    correlation: isAnswer ? makeMessageId(OWN, below(10)) : null,
    ...{ deadlineMs: below(2 ** 31), priority: below(4), attempt: below(30) },
    payload: new Uint8Array(below(40)),
  });
  for (let changes = 1 + below(3); changes > 0; changes -= 1) {
    bytes[below(bytes.length)] = below(256);
  }
  return below(5) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
}

/** One piece of a message that is said to be long. */
function pieceOf(number: number, packet: number, total: number, offset: number): Uint8Array {
  const bytes = new Uint8Array(HEAD + 18 + 1);
  bytes.set([2, 4]);
  writeUint32(bytes, 2, 1);
  writeUint32(bytes, 6, packet);
  bytes.set(PEER, 10);
  writeUint48(bytes, 18, 1);
  writeUint48(bytes, HEAD, number);
  writeUint32(bytes, HEAD + 6, total);
  writeUint32(bytes, HEAD + 10, offset);
  writeUint32(bytes, HEAD + 14, 1);
  return resealed(bytes);
}

describe('a node of fabric whose peer is hostile', () => {
  it('R-084: takes 100,000 packets of lies with drops that it declares, and then calls as before', () => {
    const below = draws(2_026);
    const victim = new Victim();
    victim.packet(callPacket({ number: 1, packet: 0 }));
    expect(victim.handed).toEqual([1]);
    for (let input = 0; input < INPUTS; input += 1) victim.packet(hostilePacket(below));
    expect(Object.keys(FABRIC_DROP_REASONS)).toEqual(
      expect.arrayContaining([...victim.drops.keys()]),
    );
    for (const reason of [
      'truncated',
      'wrong-version',
      'bad-acknowledgement',
      'bad-checksum',
      'bad-challenge',
      'bad-piece',
      'foreign-challenge',
      'unconfirmed-memory',
      'unconfirmed-floor',
      'never-sent',
      'beyond-window',
      'bad-envelope',
      'too-long',
    ]) {
      expect([reason, (victim.drops.get(reason) ?? 0) > 0]).toEqual([reason, true]);
    }
    // Its own calls to the peer are still made.
    const message = {
      kind: 'call',
      payload: new Uint8Array(5),
      priority: 1,
      lifetimeNs: 1e9,
      request: 'x',
    } as const;
    const before = victim.sent;
    victim.take({ kind: 'submit', message });
    // What it has sent and the peer never acknowledged fills the window until it counts as lost.
    victim.waitForPacket();
    expect(victim.sent).toBeGreaterThan(before);
  }, 120_000);

  it('refuses 100,000 mutated envelopes by name', () => {
    const below = draws(7);
    const found = new Set<string>();
    for (let input = 0; input < INPUTS; input += 1) {
      const envelope = decodeEnvelope(mutatedEnvelope(below));
      if (typeof envelope === 'string') found.add(envelope);
      else expect(envelope.id).toHaveLength(16);
    }
    expect([...found].sort()).toEqual(['bad-envelope', 'unknown-kind', 'wrong-version']);
  });

  it('refuses piece 4,000,000,000 of 2, and a total of 4 GB', () => {
    const victim = new Victim();
    victim.packet(pieceOf(1, 0, 2, 4_000_000_000));
    victim.packet(pieceOf(1, 1, 4_000_000_000, 0));
    expect([...victim.drops]).toEqual([
      ['bad-piece', 1],
      ['too-long', 1],
    ]);
  });

  it('keeps little for a thousand messages that are said to have 64 MiB each', () => {
    const victim = new Victim();
    global.gc?.();
    const before = process.memoryUsage().arrayBuffers;
    let packet = 0;
    for (let number = 1; number <= 1_024; number += 1) {
      for (const offset of [0, 10_000_000, 60_000_000]) {
        victim.packet(pieceOf(number, packet, 64 * MIB, offset));
        packet += 1;
      }
    }
    // 128 MiB is what a peer may make a node keep; chunks are 64 KiB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(160 * MIB);
    expect(victim.drops.get('no-room')).toBeGreaterThan(500);
    // What is unfinished is forgotten when the sender gives it up, and calls are answered again.
    victim.packet(callPacket({ number: 1_025, packet, floor: 1_025 }));
    expect(victim.handed).toEqual([1_025]);
  });

  it('takes a floor of 2^47 in no time, and hears the peer no more than it said', () => {
    const victim = new Victim();
    victim.packet(callPacket({ number: 1, packet: 0, floor: 2 ** 47 }));
    expect(victim.handed).toEqual([]);
    victim.packet(callPacket({ number: 2 ** 47, packet: 1, floor: 2 ** 47 }));
    expect(victim.handed).toEqual([2 ** 47]);
  });
});
