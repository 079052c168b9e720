/** Worlds with streams, for the tests of the stream model. */
import type { Stream, StreamError } from '../../../../../engine/host/stream.ts';
import type { LinkDirectionSpec } from '../../../../../engine/net/link-spec.ts';
import type { SimHost } from '../../../../../engine/net/sim-host.ts';
import type { SimWorld } from '../../../../../engine/net/sim-world.ts';
import { SegmentStreamModel } from '../../../../../engine/net/stream/segment-streams.ts';
import type { StreamOptions } from '../../../../../engine/net/stream/stream-options.ts';
import { makeWorld } from '../world-fixture.ts';

export const MS = 1_000_000;
export const SECOND = 1_000_000_000;

/** 100 Mbit/s, 10 ms each way, a queue that never fills. */
export const PLAIN: LinkDirectionSpec = { rateBps: 100_000_000, delayNs: 10 * MS };

/** Hosts a and b with one link. */
export interface Pair {
  readonly world: SimWorld;
  readonly a: SimHost;
  readonly b: SimHost;
  readonly streams: SegmentStreamModel;
}

/** The settings of a pair. */
export interface PairSpec {
  readonly forward?: LinkDirectionSpec;
  readonly backward?: LinkDirectionSpec;
  readonly options?: Partial<StreamOptions>;
  readonly seed?: number;
  readonly buffers?: 'plain' | 'poison';
}

/** A pair of hosts. Unless the settings say otherwise, returned buffers are overwritten. */
export function makeStreamPair(spec: PairSpec = {}): Pair {
  const streams = new SegmentStreamModel(spec.options);
  const { seed = 1, buffers = 'poison' } = spec;
  const world = makeWorld({ streams, seed, buffers });
  const a = world.addHost({ name: 'a', address: '127.0.0.1' });
  const b = world.addHost({ name: 'b', address: '127.0.0.2' });
  const forward = spec.forward ?? PLAIN;
  const ends = { a: { host: 'a', port: 50_000 }, b: { host: 'b', port: 50_000 } };
  world.addLink({ id: 'ab', ...ends, forward, backward: spec.backward ?? forward });
  return { world, a, b, streams };
}

/** Every event of one end, in order and with its instant. */
export class Ear {
  readonly host: SimHost;
  readonly stream: Stream;
  readonly events: string[] = [];
  readonly chunks: Uint8Array[] = [];
  bytes = 0;
  firstAtNs = -1;
  lastAtNs = -1;
  drains = 0;
  closedAtNs = -1;
  error: StreamError | undefined;

  /**
   * @param isKeeping If false, bytes are only counted.
   */
  constructor(host: SimHost, stream: Stream, isKeeping = true) {
    this.host = host;
    this.stream = stream;
    stream.handle({
      onData: (buffer, offset, length) => {
        if (isKeeping) this.chunks.push(buffer.slice(offset, offset + length));
        this.bytes += length;
        if (this.firstAtNs < 0) this.firstAtNs = host.now();
        this.lastAtNs = host.now();
      },
      onEnd: () => this.events.push('end'),
      onDrain: () => {
        this.drains += 1;
        this.onDrain?.();
      },
      onClose: (error) => {
        this.events.push(error === undefined ? 'close' : `close ${error}`);
        this.closedAtNs = host.now();
        this.error = error;
      },
    });
  }

  /** Called at every drain. */
  onDrain: (() => void) | undefined;

  /** All received bytes. */
  all(): Uint8Array {
    const all = new Uint8Array(this.bytes);
    let at = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, at);
      at += chunk.length;
    }
    return all;
  }

  text(): string {
    return new TextDecoder().decode(this.all());
  }
}

/** Two connected ends, one one-way trip after the connection. */
export interface Joined {
  readonly client: Ear;
  readonly server: Ear;
}

/** Opens a stream from a to port 80 of b and runs until both ends know it. */
export function join(pair: Pair, isKeeping = true): Joined {
  const { world, a, b } = pair;
  let client: Ear | undefined;
  let server: Ear | undefined;
  b.listen({ port: 80 }, (stream) => {
    server = new Ear(b, stream, isKeeping);
  });
  a.connect({ to: a.endpoint(b.address, 80) }, (stream) => {
    client = new Ear(a, stream!, isKeeping);
  });
  const limit = world.scheduler.now + 30 * SECOND;
  while ((client === undefined || server === undefined) && world.scheduler.now < limit) {
    world.runUntil(world.scheduler.now + MS);
  }
  return { client: client!, server: server! };
}

/** Bytes that are the same in every run. */
export function bytesOf(length: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/**
 * Writes as long as the stream accepts data, and again at every drain, until `bytes` are written.
 */
export function pour(ear: Ear, bytes: Uint8Array, isEnding = true, chunk = 16_384): void {
  let at = 0;
  const more = (): void => {
    while (at < bytes.length) {
      const part = bytes.subarray(at, at + chunk);
      at += part.length;
      if (ear.stream.write(part) === 'full') return;
    }
    if (isEnding) ear.stream.end();
  };
  ear.onDrain = more;
  more();
}
