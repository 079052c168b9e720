/**
 * every sequence of up to eight events between two sessions (open, deliver, lose, duplicate,
 * seal, let time pass), checked after each event by a simple oracle. States that were reached
 * before are not explored again.
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { equalBytes } from '../../nodes/_kit/bytes.ts';
import { SESSION_LIMITS } from '../../nodes/gateway/session-parts.ts';
import { decodeFrame, FrameHeader } from '../../nodes/gateway/wire.ts';
import { at, Pair, SECOND, type Side } from '../unit/nodes/gateway/session-pair.ts';

const OVERLAP_NS = 3 * SECOND;

/**
 * Replaces the curve and the hash: a public key equals its secret, a shared secret is the sum of
 * both (commutative like X25519), and a hash mixes words. State machines cannot tell the
 * difference, and the search is twenty times faster.
 */
function mix(...parts: readonly Uint8Array[]): Uint8Array {
  const lanes = Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  let count = 0;
  for (const part of parts) {
    for (const byte of part) {
      const lane = count & 7;
      lanes[lane] = Math.imul((lanes[lane] as number) ^ (byte + 1) ^ (count << 8), 0x9e3779b1);
      lanes[(lane + 1) & 7]! ^= lanes[lane]! >>> 15;
      count++;
    }
  }
  for (let round = 0; round < 16; round++) {
    const lane = round & 7;
    lanes[(lane + 1) & 7]! ^= Math.imul(lanes[lane]! ^ (lanes[lane]! >>> 13), 0x85ebca6b);
  }
  return new Uint8Array(lanes.buffer);
}

const fast: CryptoProvider = {
  ...createCryptoProvider('modelled'),
  sha256: (data) => mix(data),
  hmacSha256: (key, data) => mix(key, data),
  x25519PublicKey: (secret) => secret.slice(),
  x25519: (secret, publicKey) => secret.map((byte, index) => byte + (publicKey[index] ?? 0)),
};

/** A data frame that is under way, with facts for the oracle. */
interface Flight {
  readonly frame: Uint8Array;
  readonly to: 'a' | 'b';
  readonly text: string;
  readonly sealedNs: number;
}

/** One sequence of events: two sessions, the messages under way, and the records of the oracle. */
class World {
  readonly pair = new Pair({
    crypto: fast,
    limits: { ...SESSION_LIMITS, overlapNs: OVERLAP_NS },
  });
  readonly handshakes: { readonly frame: Uint8Array; readonly to: 'a' | 'b' }[] = [];
  readonly data: Flight[] = [];
  readonly used = new Set<string>();
  readonly got: string[] = [];
  nowNs = 0;
  sent = 0;

  side(name: 'a' | 'b'): Side {
    return this.pair[name];
  }

  collect(): void {
    for (const name of ['a', 'b'] as const) {
      const to = name === 'a' ? 'b' : 'a';
      for (const frame of this.side(name).outbox) {
        const isKnown = this.handshakes.some((one) => equalBytes(one.frame, frame));
        if (!isKnown) this.handshakes.push({ frame, to });
      }
      this.side(name).outbox = [];
    }
  }

  /** Names of the events that are possible now. */
  events(): string[] {
    const events = ['open a', 'open b', 'time'];
    for (const name of ['a', 'b'] as const)
      if (this.side(name).session.isOpen && this.data.length < 2) events.push(`seal ${name}`);
    for (let index = 0; index < Math.min(this.handshakes.length, 2); index++) {
      events.push(`deliver ${index}`);
    }
    // Losing or duplicating a later message first is equivalent to delivering in another order.
    if (this.handshakes.length > 0) events.push('duplicate 0', 'lose 0');
    if (this.data.length > 0) events.push('data');
    return events;
  }

  apply(event: string): void {
    const [verb, argument = ''] = event.split(' ');
    if (verb === 'open') this.side(argument as 'a' | 'b').session.connect(at(this.nowNs));
    if (verb === 'time') this.pass();
    if (verb === 'seal') this.seal(argument as 'a' | 'b');
    if (verb === 'data') this.deliverData();
    if (verb === 'deliver' || verb === 'duplicate') {
      const one = this.handshakes[Number(argument)]!;
      if (verb === 'deliver') this.handshakes.splice(Number(argument), 1);
      this.side(one.to).receive(one.frame, at(this.nowNs));
    }
    if (verb === 'lose') this.handshakes.splice(Number(argument), 1);
    this.collect();
    this.check(event);
  }

  pass(): void {
    this.nowNs += SECOND;
    for (const name of ['a', 'b'] as const) this.side(name).session.tick(at(this.nowNs));
  }

  seal(name: 'a' | 'b'): void {
    const text = `${name}${this.sent++}`;
    const frame = this.side(name).seal(text);
    if (typeof frame === 'string') expect.fail(frame);
    const header = new FrameHeader();
    decodeFrame(frame, 0, frame.length, header);
    const use = `${name} ${header.epoch} ${header.sequence}`;
    // Oracle: no sender uses a number twice in an epoch.
    if (this.used.has(use)) expect.fail(`nonce used twice: ${use}`);
    this.used.add(use);
    this.data.push({ frame, to: name === 'a' ? 'b' : 'a', text, sealedNs: this.nowNs });
  }

  deliverData(): void {
    const one = this.data.shift()!;
    const outcome = this.side(one.to).receive(one.frame, at(this.nowNs));
    // Oracle: a sealed frame can be opened unless it has been under way longer than the overlap of
    // two epochs.
    const isInTime = this.nowNs - one.sealedNs < OVERLAP_NS;
    if (isInTime && outcome !== `ok ${one.text}`) expect.fail(`${one.text}: ${String(outcome)}`);
    const again = this.side(one.to).receive(one.frame, at(this.nowNs));
    if (String(again).startsWith('ok')) expect.fail(`${one.text} accepted twice`);
    this.collect();
  }

  check(event: string): void {
    for (const name of ['a', 'b'] as const) {
      const broken = this.side(name).session.invariant();
      if (broken !== undefined) expect.fail(`${name} after ${event}: ${broken}`);
      const bad = this.side(name).drops.find(
        (drop) => drop === 'bad-auth' || drop === 'no-session',
      );
      if (bad === 'no-session') expect.fail(`${name} after ${event}: ${bad}`);
    }
  }

  /** The part of the state that determines the future, without texts and counters of data. */
  key(): string {
    const times = this.data.map(
      (one) => `${one.to}${String(one.frame.slice(0, 8))}${this.nowNs - one.sealedNs}`,
    );
    return JSON.stringify([
      this.pair.a.session.status(),
      this.pair.b.session.status(),
      this.pair.a.session.deadlineNs - this.nowNs,
      this.pair.b.session.deadlineNs - this.nowNs,
      this.pair.a.epochs.next,
      this.pair.b.epochs.next,
      this.handshakes.map((one) => `${one.to}${String(one.frame)}`),
      times,
    ]);
  }
}

function replay(events: readonly string[]): World {
  const world = new World();
  for (const event of events) world.apply(event);
  return world;
}

interface Walk {
  readonly prefix: readonly string[];
  /** How the names of the allowed events begin. */
  readonly allowed: readonly string[];
  readonly events: number;
}

/** What a search has covered. */
interface Covered {
  /** Number of different states, without the first one. */
  readonly states: number;
  /** Number of possible sequences of exactly `events` events. */
  readonly interleavings: number;
}

/**
 * Searches breadth first, so that each state is first reached with the most events left, and each
 * event is applied to each state once. Sequences through equal states are counted, not run again.
 */
function walk({ prefix, allowed, events }: Walk): Covered {
  const possible = (world: World): string[] =>
    world.events().filter((event) => allowed.some((start) => event.startsWith(start)));
  const first = replay(prefix);
  /** The states that follow each state, one entry per event. */
  const successors = new Map<string, readonly string[]>();
  let frontier = [{ key: first.key(), path: prefix, next: possible(first) }];
  const seen = new Set<string>();
  for (let depth = 0; depth < events; depth++) {
    const reached: typeof frontier = [];
    for (const { key: from, path, next } of frontier) {
      const keys: string[] = [];
      for (const event of next) {
        const longer = [...path, event];
        const world = replay(longer);
        const key = world.key();
        keys.push(key);
        if (!seen.has(key)) reached.push({ key, path: longer, next: possible(world) });
        seen.add(key);
      }
      if (!successors.has(from)) successors.set(from, keys);
    }
    frontier = reached;
  }
  return { states: seen.size, interleavings: sequences(first.key(), successors, events) };
}

/** The number of sequences from a state, given the numbers from its successors. */
function sequences(
  start: string,
  successors: ReadonlyMap<string, readonly string[]>,
  events: number,
): number {
  let counts = new Map([[start, 1]]);
  for (let step = 0; step < events; step++) {
    const next = new Map<string, number>();
    for (const [key, count] of counts) {
      for (const to of successors.get(key) ?? expect.fail('a state that nobody walked')) {
        next.set(to, (next.get(to) ?? 0) + count);
      }
    }
    counts = next;
  }
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

const ALL = ['open', 'time', 'seal', 'deliver', 'duplicate', 'lose', 'data'];
/** Events that connect two sessions: a is the initiator and everything has arrived. */
const CONNECTED = ['open a', 'deliver 0', 'deliver 0', 'deliver 0', 'deliver 0'];

// With eight events and all kinds, the last step alone reaches 14,389 and 54,350 states and takes
// two minutes; that search passes too. The tests here use eight events of some kinds, and six
// events of all kinds.
describe('rekeying, all interleavings', () => {
  it('R-256: two openings in any order with loss end in one epoch on both sides', () => {
    const allowed = ['open', 'time', 'deliver', 'lose'];
    expect(walk({ prefix: [], allowed, events: 8 })).toEqual({
      states: 2_645,
      interleavings: 197_516,
    });
  });

  it('R-256: a rekey under traffic loses no in-time frame and reuses no nonce', () => {
    const allowed = ['open', 'seal', 'deliver', 'data'];
    expect(walk({ prefix: CONNECTED, allowed, events: 8 })).toEqual({
      states: 875,
      interleavings: 449_294,
    });
  });

  it('R-256: all events together, from nothing and from a session in use', () => {
    expect(walk({ prefix: [], allowed: ALL, events: 6 })).toEqual({
      states: 1_475,
      interleavings: 22_233,
    });
    expect(walk({ prefix: CONNECTED, allowed: ALL, events: 5 })).toEqual({
      states: 2_167,
      interleavings: 14_999,
    });
  });
});
