/** Makes traces from generated events, with the data that a reader must find in them. @module */
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Scheduler } from '../../../../engine/core/scheduler.ts';
import { HopBlock } from '../../../../engine/measure/trace/hop-block.ts';
import {
  FAULT_KINDS,
  FORMAT_VERSION,
  HOP_FLAG_FORWARDED,
  PACKET_CLASSES,
  STATE_KINDS,
  TABLES,
  type TraceHeader,
} from '../../../../engine/measure/trace/layout.ts';
import { NetworkRecorder } from '../../../../engine/measure/trace/network-recorder.ts';
import { TraceRecorder } from '../../../../engine/measure/trace/trace-recorder.ts';
import { BufferPool } from '../../../../engine/net/buffer-pool.ts';
import type { LinkDirectionView } from '../../../../engine/net/direction-context.ts';
import { PacketTable } from '../../../../engine/net/packet-table.ts';
import { isFailure } from '../../../../viz/format/failure.ts';
import { type GzipInflater, memorySource } from '../../../../viz/format/source.ts';
import { openTrace, type TraceFile } from '../../../../viz/format/trace-file.ts';

/** Inflates in Node; stops at the stated length. */
export const inflateNode: GzipInflater = (stored, rawLength) =>
  gunzipSync(stored, { maxOutputLength: Math.max(1, rawLength) });

/** What happened to one packet on one link. */
export interface ModelHop {
  readonly departNs: number;
  readonly offeredNs: number;
  readonly link: number;
  readonly bytes: number;
  readonly isForwarded: boolean;
  arriveNs: number | undefined;
  isLost: boolean;
}

/** One lost packet. */
export interface ModelDrop {
  readonly timeNs: number;
  readonly link: number;
  readonly reason: number;
}

/** A trace recorder with a clock that the test advances. */
export class TraceLab {
  readonly hops: ModelHop[] = [];
  readonly drops: ModelDrop[] = [];
  readonly recorder: TraceRecorder;
  readonly network: NetworkRecorder;
  readonly clock = { now: 0, eventCount: 0 };
  readonly #table = new PacketTable(new BufferPool('plain'));
  readonly #directions: LinkDirectionView[];
  readonly #parts: Uint8Array[] = [];

  constructor(
    links: number,
    extent: 'windows' | 'full',
    storage: 'gzip' | 'plain' = 'gzip',
    durationNs = 1e9,
  ) {
    this.#directions = Array.from({ length: links }, (_, id) => ({
      id,
      linkId: `link-${id}`,
      name: `n${id}->n${id + 1}`,
      fromNode: id,
      toNode: id + 1,
      plan: undefined,
      pace: { rateBps: 8e9, delayNs: 1_000 * id, overheadBytes: 28 },
    }));
    const write = (bytes: Uint8Array): void => void this.#parts.push(bytes.slice());
    const compress = (raw: Uint8Array): Uint8Array => gzipSync(raw, { level: 1 });
    const sink = storage === 'gzip' ? { write, compress } : { write };
    const header = { ...labHeader(this.#directions, extent), durationNs };
    this.recorder = new TraceRecorder({ sink, header, directions: this.#directions });
    const into = { sink: this.recorder, pyramid: this.recorder.pyramid };
    const scheduler = this.clock as unknown as Scheduler;
    this.network = new NetworkRecorder({ scheduler, table: this.#table }, links, into);
  }

  /** Offers a packet now; its serialisation begins `queueNs` later. */
  send(
    link: number,
    bytes: number,
    queueNs = 0,
    buffer: Uint8Array = new Uint8Array(bytes),
  ): number {
    const direction = this.#direction(link);
    const packet = this.#table.acquire(buffer, 0, bytes, 0, 0);
    const offeredNs = this.clock.now;
    this.#table.offeredAt[packet] = offeredNs;
    const isForwarded = this.#arrived === buffer;
    this.network.onOffered(direction, packet);
    this.clock.now += queueNs;
    this.network.onStarted(direction, packet);
    const departNs = this.clock.now;
    const hop = {
      departNs,
      offeredNs,
      link,
      bytes,
      isForwarded,
      arriveNs: undefined,
      isLost: false,
    };
    this.#open.set(packet, hop);
    this.hops.push(hop);
    return packet;
  }

  /** A packet arrives now; returns its buffer, so that it can be forwarded. */
  arrive(packet: number): Uint8Array {
    const hop = this.#open.get(packet) as ModelHop;
    this.clock.eventCount += 1;
    hop.arriveNs = this.clock.now;
    this.network.onDelivered(this.#direction(hop.link), packet);
    this.#open.delete(packet);
    this.#arrived = this.#table.takeBuffer(packet);
    return this.#arrived;
  }

  /** A packet is lost on the way. */
  lose(packet: number, reason: number): void {
    const hop = this.#open.get(packet) as ModelHop;
    hop.isLost = true;
    this.clock.eventCount += 1;
    this.network.onDropped(this.#direction(hop.link), packet, reason);
    this.drops.push({ timeNs: this.clock.now, link: hop.link, reason });
    this.#open.delete(packet);
    this.#table.free(packet);
  }

  /** The packets under way. */
  get underWay(): number[] {
    return [...this.#open.keys()];
  }

  /** Moves the clock. */
  advance(ns: number): void {
    this.clock.now += ns;
    this.clock.eventCount += 1;
    this.#arrived = undefined;
    this.recorder.tick(this.clock.now);
  }

  /** The file so far, without its end. */
  get bytes(): Uint8Array {
    return new Uint8Array(Buffer.concat(this.#parts));
  }

  /** Ends the recording; returns the whole file. */
  finish(): Uint8Array {
    this.recorder.finish({ endNs: this.clock.now, fingerprint: '0123456789abcdef' });
    return this.bytes;
  }

  readonly #open = new Map<number, ModelHop>();
  #arrived: Uint8Array | undefined;

  #direction(link: number): LinkDirectionView {
    return this.#directions[link] as LinkDirectionView;
  }
}

/** Opens a trace that must be readable. */
export async function opened(
  bytes: Uint8Array,
  inflate: GzipInflater = inflateNode,
): Promise<TraceFile> {
  const trace = await openTrace(memorySource(bytes), inflate);
  if (isFailure(trace)) throw new Error(trace.message);
  return trace;
}

/** Returns the value, which must not be a failure. */
export function good<T>(value: T): Exclude<T, { kind: 'failure' }> {
  if (isFailure(value)) throw new Error(value.message);
  return value as Exclude<T, { kind: 'failure' }>;
}

/** True if the flag for forwarded packets is set. */
export function isForwarded(flags: number): boolean {
  return (flags & HOP_FLAG_FORWARDED) !== 0;
}

/** Number of rows in a full block, for tests that count blocks. */
export const BLOCK_CAPACITY: number = new HopBlock().depart.length;

function labHeader(
  directions: readonly LinkDirectionView[],
  extent: 'windows' | 'full',
): TraceHeader {
  return {
    format: 'orrery-trace',
    version: FORMAT_VERSION,
    run: 'lab',
    seed: 7,
    extent,
    durationNs: 1e9,
    warmupNs: 0,
    tables: Object.values(TABLES),
    nodes: Array.from({ length: directions.length + 1 }, (_, n) => ({
      name: `n${n}`,
      protocol: 'ping',
      address: `127.0.0.${n + 1}`,
    })),
    links: directions.map(({ linkId, name, fromNode, toNode }) => ({
      id: linkId,
      name,
      from: fromNode,
      to: toNode,
    })),
    flows: ['none', 'n0 -> n2'],
    reasons: ['queue-full', 'mtu', 'loss'],
    classes: PACKET_CLASSES,
    stateKinds: STATE_KINDS,
    faultKinds: FAULT_KINDS,
    linkLevel: 1,
  };
}
