/**
 * Hand-overs on real sockets. If a node blocks its event loop, datagrams wait in its socket. The
 * lateness of links does not show that, but the lateness of hand-overs does. For each packet, the
 * total time is the time on its links plus its lateness, however busy the machine is.
 *
 * @module
 */
import { afterEach, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../../engine/host/crypto.ts';
import { HandoverMatcher } from '../../../../../engine/live/handover/handover-matcher.ts';
import { SAMPLE_ROW_LENGTH } from '../../../../../engine/live/handover/handover-samples.ts';
import { readTailTag } from '../../../../../engine/live/handover/tail-sample.ts';
import { LiveWorld } from '../../../../../engine/live/live-world.ts';
import { histogramQuantile } from '../../../../../engine/measure/histogram.ts';
import { randomBytes } from './bytes.ts';

const MS = 1_000_000;
const DELAY_NS = 5 * MS;
const BURN_NS = 20 * MS;
const PACKETS = 8;
const PORT = 7_000;
const BLOCK = `127.${200 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
const EVER = { fromNs: 0, untilNs: Number.MAX_SAFE_INTEGER };
const crypto = createCryptoProvider('node');

let world: LiveWorld | undefined;

// Closes its sockets, so that a second attempt finds them free.
afterEach(async () => await world?.close());

/** What the applications observed about a packet, ns. */
interface Seen {
  readonly tag: number;
  readonly sentNs: number;
  readonly deliveredNs: number;
}

/** Three nodes in a row; the last one computes for 20 ms after each delivered datagram. */
class Row {
  readonly world: LiveWorld;
  readonly seen: Seen[] = [];
  /** Longest time for which the machine took the processor away while a node burned, ns. */
  takenNs = 0;
  readonly #sent = new Map<number, number>();
  #zeroNs = 0;

  constructor() {
    this.world = new LiveWorld({
      seed: 3,
      cryptoFor: (): CryptoProvider => crypto,
      onFailure: (error): void => {
        throw error;
      },
    });
    const names = ['first', 'middle', 'last'] as const;
    for (const [i, name] of names.entries()) {
      this.world.addHost({ name, address: `${BLOCK}.${20 + i}` });
    }
    const spec = { rateBps: Number.POSITIVE_INFINITY, delayNs: DELAY_NS };
    for (const [a, b] of [
      ['first', 'middle'],
      ['middle', 'last'],
    ] as const) {
      const ends = { a: { host: a, port: 1 }, b: { host: b, port: 2 } };
      this.world.addLink({ id: `${a}--${b}`, ...ends, forward: spec, backward: spec });
    }
    this.world.seal();
  }

  /** Sends a burst in one turn; resolves when all datagrams have arrived. */
  async burst(): Promise<void> {
    const { world } = this;
    const middle = world.host('middle');
    const last = middle.endpoint(`${BLOCK}.22`, PORT);
    const forward = middle.udp({
      port: PORT,
      // The header changes on the way, the tail does not.
      onDatagram: (buffer, offset, length) => {
        buffer[offset] = 1 + (buffer[offset] as number);
        forward?.send(buffer, offset, length, last);
      },
    });
    world.host('last').udp({
      port: PORT,
      onDatagram: (buffer, offset, length) => this.#arrived(buffer.slice(offset, offset + length)),
    });
    const first = world.host('first');
    const socket = first.udp({ port: PORT, onDatagram: () => undefined });
    this.#zeroNs = world.clock.now();
    world.handovers.begin(this.#zeroNs, 0);
    world.pump.enter(() => {
      for (let i = 0; i < PACKETS; i += 1) {
        const sentNs = world.scheduler.now - this.#zeroNs;
        const bytes = randomBytes(100, i);
        this.#sent.set(readTailTag(bytes), sentNs);
        world.handovers.sourceDueNs = sentNs;
        socket?.send(bytes, 0, bytes.length, first.endpoint(`${BLOCK}.21`, PORT));
        world.handovers.sourceDueNs = -1;
      }
    });
    while (this.seen.length < PACKETS) await new Promise((resolve) => setTimeout(resolve, 2));
  }

  #arrived(bytes: Uint8Array): void {
    const { handovers, clock } = this.world;
    const tag = readTailTag(bytes);
    const times = {
      sentNs: this.#sent.get(tag) ?? -1,
      deliveredNs: clock.now() - this.#zeroNs,
    };
    handovers.delivered({ source: 0, host: 2 }, times);
    this.seen.push({ tag, ...times });
    const untilNs = clock.now() + BURN_NS;
    for (let lastNs = clock.now(), nowNs = lastNs; nowNs < untilNs; lastNs = nowNs) {
      nowNs = clock.now();
      this.takenNs = Math.max(this.takenNs, nowNs - lastNs);
    }
  }
}

it('sees what datagrams wait in the socket of a node that blocks its loop', async () => {
  const row = new Row();
  world = row.world;
  await row.burst();
  const { rows } = world.handovers.take();
  const book = new HandoverMatcher(EVER);
  book.note({ rows, untold: 0 }, 0);
  book.finish();
  expect(book.counts).toMatchObject({ sampled: 2 * PACKETS, unmatched: 0, unfollowed: 0 });
  // The eighth datagram waits for seven others, unless the machine delayed the burst; the link was
  // on time.
  expect(book.wait.data().max).toBeGreaterThanOrEqual(3 * BURN_NS);
  expect(book.hop.data().max).toBeGreaterThanOrEqual(3 * BURN_NS);
  // If the machine delayed this burst, it may also have delayed a link and a reading of the clock.
  const heldMaxNs = Math.max(BURN_NS, 2 * row.takenNs);
  process.stdout.write(`taken away at most ${row.takenNs / MS} ms, limit ${heldMaxNs / MS} ms\n`);
  expect(histogramQuantile(world.lateness.data(), 0.5)).toBeLessThan(heldMaxNs);

  for (const { tag, sentNs, deliveredNs } of row.seen) {
    const own = new HandoverMatcher(EVER);
    own.note({ rows: rowsOf(rows, tag), untold: 0 }, 0);
    own.finish();
    const latencyNs = deliveredNs - sentNs;
    const restNs = latencyNs - own.way.data().max - 2 * DELAY_NS;
    expect(own.links.data().max).toBe(2 * DELAY_NS);
    expect(own.onTime.data().max).toBe(latencyNs - own.way.data().max);
    // The time between the start of the handler and its reading of the clock; a busy machine may
    // interrupt it there.
    expect(restNs).toBeGreaterThanOrEqual(0);
    expect(restNs).toBeLessThan(heldMaxNs);
  }
});

function rowsOf(rows: Float64Array, tag: number): Float64Array {
  const kept: number[] = [];
  for (let at = 0; at < rows.length; at += SAMPLE_ROW_LENGTH) {
    if (rows[at + 1] === tag) kept.push(...rows.subarray(at, at + SAMPLE_ROW_LENGTH));
  }
  return Float64Array.from(kept);
}
