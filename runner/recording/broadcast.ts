/**
 * Sends the blocks of a trace to the thread that serves the browser view while the run continues.
 *
 * There are two kinds of blocks: packets and losses, which may be discarded if nobody fetches them, and
 * everything else, which is never discarded. The run sends blocks without waiting; the amount of packet
 * data that was sent and not fetched is bounded (docs/TRACE.md#during-a-run).
 *
 * @module
 */

import {
  alignedLength,
  BLOCK_FIELD_OFFSETS,
  BLOCK_HEAD_BYTES,
  FOOTER_TABLE_NUMBER,
  TABLES,
} from '../../engine/measure/trace/layout.ts';
import { joinBytes } from '../../engine/pure/join-bytes.ts';
import type { SeedResult } from '../../reports/model.ts';
import type { ThreadPort } from '../../topologies/files/machine.ts';
import type { Experiment } from '../experiment/experiment.ts';
import {
  startTraceTo,
  type TraceListener,
  type TraceOutput,
  type TraceParts,
} from './record-trace.ts';

/** Interval at which blocks are sent, ms. */
const FLUSH_MS = 50;
/**
 * Shortest interval between interim results, ms. It is longer if making them would otherwise take more
 * than 1 / {@link MEASURE_SHARE} of the run's time.
 */
const MEASURE_MS = 1_000;
const MEASURE_SHARE = 200;
/**
 * Largest amount of packet data that waits to be fetched, bytes: four seconds of a run that makes 4 MB
 * a second.
 */
const PENDING_MAX = 16 * 1024 * 1024;
/**
 * Largest number of blocks that are kept back until their last packets arrive; small, so that
 * viewers get blocks soon.
 */
const WAITING_MAX = 8;

/**
 * The channel to which a run sends its data. It is passed to the thread of the run, and its port is
 * transferred.
 */
export interface Broadcast {
  readonly port: ThreadPort;
  /** One i32: number of bytes of packet data that were sent and not fetched yet. */
  readonly pending: SharedArrayBuffer;
}

/** A message from a run to its viewers. */
export type BroadcastMessage =
  | {
      readonly kind: 'begin';
      readonly run: string;
      readonly seed: number;
      readonly durationNs: number;
      /** False if packets are not observed, as in live runs. */
      readonly hasPackets: boolean;
      /** The header of the trace file. */
      readonly head: Uint8Array;
    }
  | BroadcastBlocks
  /** Interim results, about once a second; each replaces the previous one. */
  | { readonly kind: 'measured'; readonly result: SeedResult }
  | { readonly kind: 'end'; readonly nowNs: number };

/** The blocks that were written since the last message. */
export interface BroadcastBlocks {
  readonly kind: 'blocks';
  /** The instant that the run has reached. */
  readonly nowNs: number;
  /** Complete blocks without packets; empty if there are none. */
  readonly lasting: Uint8Array;
  readonly packets: Uint8Array;
  /** Number of packet rows. */
  readonly rows: number;
  /** Number of packet rows that were discarded because nobody fetches them. */
  readonly lostRows: number;
}

const PACKET_TABLES: readonly number[] = [TABLES.hop.id, TABLES.drop.id, TABLES.packet.id];

/** What a broadcast needs from its run. */
export interface BroadcastParts extends TraceParts {
  /** Makes the interim result, without changing the run. */
  readonly soFar: (experiment: Experiment) => SeedResult;
}

/** Starts to record a run, and sends the record to its viewers while the run continues. */
export function broadcastTrace(
  parts: BroadcastParts,
  broadcast: Broadcast,
  now: () => number = () => performance.now(),
): TraceListener {
  const output = new BroadcastOutput(parts, broadcast, now);
  return startTraceTo(parts, { extent: 'full' }, output);
}

class BroadcastOutput implements TraceOutput {
  readonly waitingMax = WAITING_MAX;
  readonly sink = { write: (bytes: Uint8Array): void => this.#write(bytes) };
  readonly #parts: BroadcastParts;
  readonly #port: ThreadPort;
  readonly #pending: Int32Array;
  readonly #now: () => number;
  #sentMs: number;
  /** When the next interim result is due, ms; undefined before the scenario's time begins. */
  #measureAtMs: number | undefined;
  #nowNs = 0;
  #hasBegun = false;
  #hasFooter = false;
  /** Number of bytes of the present block that the writer has yet to pass. */
  #blockBytesLeft = 0;
  #lane: Uint8Array[] | undefined;
  #lasting: Uint8Array[] = [];
  #packets: Uint8Array[] = [];
  #rows = 0;
  #lostRows = 0;

  constructor(parts: BroadcastParts, { port, pending }: Broadcast, now: () => number) {
    this.#parts = parts;
    this.#port = port;
    this.#pending = new Int32Array(pending);
    this.#now = now;
    this.#sentMs = now();
  }

  ticked(nowNs: number, experiment: Experiment, flush: () => void): void {
    this.#nowNs = nowNs;
    const nowMs = this.#now();
    this.#measureAtMs ??= nowMs + MEASURE_MS;
    if (nowMs - this.#sentMs < FLUSH_MS) return;
    this.#sentMs = nowMs;
    flush();
    this.#send();
    if (nowMs >= this.#measureAtMs) this.#measure(experiment, nowMs);
  }

  warning(): undefined {
    return undefined;
  }

  close(): void {
    this.#send();
    this.#post({ kind: 'end', nowNs: this.#nowNs });
    this.#port.close();
  }

  /** Receives bytes from the writer, which passes the header of a block, then its payload, then padding. */
  #write(bytes: Uint8Array): void {
    if (!this.#hasBegun) this.#begin(bytes);
    else if (!this.#hasFooter) {
      if (this.#blockBytesLeft === 0) this.#beginBlock(bytes);
      this.#blockBytesLeft -= bytes.length;
      this.#lane?.push(bytes.slice());
    }
  }

  #begin(head: Uint8Array): void {
    this.#hasBegun = true;
    const { scenario, seed, network } = this.#parts;
    const { name: run, durationNs } = scenario;
    const hasPackets = network !== undefined;
    this.#post({ kind: 'begin', run, seed, durationNs, hasPackets, head: head.slice() });
  }

  #beginBlock(head: Uint8Array): void {
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const table = view.getUint8(BLOCK_FIELD_OFFSETS.table);
    // The footer, an index of the whole file, is not sent; viewers build their own index.
    this.#hasFooter = table === FOOTER_TABLE_NUMBER;
    this.#blockBytesLeft =
      BLOCK_HEAD_BYTES + alignedLength(view.getUint32(BLOCK_FIELD_OFFSETS.stored, true));
    if (this.#hasFooter) this.#lane = undefined;
    else if (!PACKET_TABLES.includes(table)) this.#lane = this.#lasting;
    else {
      const rows = view.getUint32(BLOCK_FIELD_OFFSETS.rows, true);
      const isTaken = Atomics.load(this.#pending, 0) + this.#blockBytesLeft <= PENDING_MAX;
      if (isTaken) this.#rows += rows;
      else this.#lostRows += rows;
      this.#lane = isTaken ? this.#packets : undefined;
      if (isTaken) Atomics.add(this.#pending, 0, this.#blockBytesLeft);
    }
  }

  #measure(experiment: Experiment, beganMs: number): void {
    this.#post({ kind: 'measured', result: this.#parts.soFar(experiment) });
    const tookMs = this.#now() - beganMs;
    this.#measureAtMs = beganMs + Math.max(MEASURE_MS, MEASURE_SHARE * tookMs);
  }

  #send(): void {
    const lasting = joinBytes(this.#lasting);
    const packets = joinBytes(this.#packets);
    const counts = { rows: this.#rows, lostRows: this.#lostRows };
    this.#post({ kind: 'blocks', nowNs: this.#nowNs, lasting, packets, ...counts });
    this.#lasting = [];
    this.#packets = [];
    this.#rows = 0;
    this.#lostRows = 0;
  }

  #post(message: BroadcastMessage): void {
    const buffers = message.kind === 'blocks' ? [message.lasting, message.packets] : [];
    const transfer = buffers.filter(({ length }) => length > 0);
    this.#port.postMessage(
      message,
      transfer.map(({ buffer }) => buffer as ArrayBuffer),
    );
  }
}
