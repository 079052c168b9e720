/**
 * Mutated bytes on the streams of a bulk node: they cause a drop with a reason and a reset,
 * or they are packets of allowed lengths. The node never throws, and it serves the next honest
 * stream.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { openRandomStream } from '../../engine/core/stream.ts';
import type { Host } from '../../engine/host/host.ts';
import type { Stream, StreamHandlers } from '../../engine/host/stream.ts';
import { concatBytes } from '../../nodes/_kit/bytes.ts';
import {
  HELLO_BYTES,
  OUTBOX_NAME_BYTES,
  PACKET_BYTES_MAX,
  UNSYNCED_BYTES_MAX,
} from '../../nodes/bulk/geometry.ts';
import { IncomingMachineAdapter } from '../../nodes/bulk/incoming-node.ts';
import { protocol } from '../../nodes/bulk/index.ts';
import { encodeHello, encodePacket } from '../../nodes/bulk/wire.ts';
import { MemoryStore } from '../unit/nodes/gateway/memory-store.ts';
import { mutate } from './mutate.ts';

const INPUTS = 100_000;
const SEED = 20_261_121;

/** A stream whose other end is the test. */
class FakeStream implements Partial<Stream> {
  handlers: StreamHandlers | undefined;
  isReset = false;
  isPaused = false;
  handle(handlers: StreamHandlers): void {
    this.handlers = handlers;
  }
  write(): 'sent' {
    return 'sent';
  }
  end(): void {
    this.handlers?.onClose?.();
  }
  reset(): void {
    this.isReset = true;
  }
  setPaused(isPaused: boolean): void {
    this.isPaused = isPaused;
  }
}

class Lab {
  readonly store = new MemoryStore();
  readonly drops = new Map<string, number>();
  readonly lengths: number[] = [];
  readonly incoming: IncomingMachineAdapter;

  constructor() {
    const host = {
      now: (): number => 0,
      drop: (reason: string): void => void this.drops.set(reason, this.count(reason) + 1),
      meter: { counter: () => ({ add: (): void => undefined }) },
      log: { warn: (): void => undefined },
      after: () => ({ cancel: (): void => undefined, rearm: (): void => undefined }),
    } as unknown as Host;
    this.incoming = new IncomingMachineAdapter({
      host,
      peer: 'eve',
      store: this.store,
      handOver: (packet): void => void this.lengths.push(packet.length),
      handedOver: (): void => undefined,
      account: undefined,
    });
  }

  count(reason: string): number {
    return this.drops.get(reason) ?? 0;
  }

  /** Feeds bytes into a stream, in pieces as a network would cut them. */
  feed(bytes: Uint8Array, cut: (length: number) => number): FakeStream {
    const stream = new FakeStream();
    this.incoming.accept(stream as unknown as Stream);
    for (let at = 0; at < bytes.length && !stream.isReset; ) {
      const length = Math.min(bytes.length - at, 1 + cut(bytes.length));
      stream.handlers?.onData(bytes, at, length);
      at += length;
    }
    if (!stream.isReset) stream.handlers?.onEnd?.();
    this.store.settle();
    return stream;
  }
}

describe('mutated bytes on streams', () => {
  it(`R-084: ${INPUTS} at a bulk node are named drops or packets, and it serves on, seed ${SEED}`, () => {
    const lab = new Lab();
    const random = openRandomStream(SEED, 'bulk', 'fuzz');
    const cut = (length: number): number => random.below(Math.max(1, length));
    const packet = (length: number): Uint8Array =>
      encodePacket(new Uint8Array(length).fill(length & 0xff));
    let kept = 0;
    for (let sent = 0; sent < INPUTS; sent++) {
      const memory = new Uint8Array(OUTBOX_NAME_BYTES).fill(sent & 3);
      const hello = encodeHello({ memory, confirmed: random.below(5) });
      const genuine = concatBytes(hello, packet(1 + random.below(40)), packet(1 + random.below(9)));
      lab.feed(mutate(genuine, random, { header: HELLO_BYTES + 4 }), cut);
      kept += lab.lengths.length;
      for (const length of lab.lengths.splice(0)) {
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(PACKET_BYTES_MAX);
      }
    }
    for (const reason of lab.drops.keys()) expect(protocol.drops).toHaveProperty(reason);
    // The mutations must get beyond the first check.
    expect(lab.count('bad-length')).toBeGreaterThan(INPUTS / 100);
    expect(lab.count('truncated')).toBeGreaterThan(INPUTS / 100);
    expect(kept).toBeGreaterThan(INPUTS / 2);
    const memory = new Uint8Array(OUTBOX_NAME_BYTES).fill(9);
    lab.feed(concatBytes(encodeHello({ memory, confirmed: 0 }), packet(5), packet(7)), cut);
    expect(lab.lengths).toEqual([5, 7]);
  });

  it('R-084: a peer that sends faster than the disk writes is told to wait', () => {
    const lab = new Lab();
    const stream = new FakeStream();
    lab.incoming.accept(stream as unknown as Stream);
    const hello = encodeHello({ memory: new Uint8Array(OUTBOX_NAME_BYTES), confirmed: 0 });
    stream.handlers?.onData(hello, 0, hello.length);
    const large = encodePacket(new Uint8Array(PACKET_BYTES_MAX));
    let held = 0;
    while (!stream.isPaused && held < 2 * UNSYNCED_BYTES_MAX) {
      stream.handlers?.onData(large, 0, large.length);
      held += PACKET_BYTES_MAX;
    }
    expect(held).toBeGreaterThan(UNSYNCED_BYTES_MAX - PACKET_BYTES_MAX);
    expect(held).toBeLessThanOrEqual(UNSYNCED_BYTES_MAX + PACKET_BYTES_MAX);
  });
});
