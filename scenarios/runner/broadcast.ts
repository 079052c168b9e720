/**
 * Sends the blocks of a trace to the thread that serves the browser view, while the run goes on.
 *
 * Two lanes: packets and losses, which may be thrown away when nobody fetches them, and everything
 * else, which is never. The run hands over and does not wait; what it has handed over and the other
 * side has not taken is bounded for packets (docs/TRACE.md, "While a run goes on").
 *
 * @module
 */
import { performance } from 'node:perf_hooks';
import type { MessagePort } from 'node:worker_threads';
import {
  aligned,
  BLOCK_HEAD_BYTES,
  FIELD,
  FOOTER_TABLE,
  TABLES,
} from '../../engine/measure/trace/layout.ts';
import type { SeedResult } from '../../reports/model.ts';
import {
  type TraceListener,
  type TraceOutput,
  type TraceParts,
  traceInto,
} from './record-trace.ts';
import type { Stage } from './stage.ts';

/** Blocks are sent at most this often: 20 times a second. */
const FLUSH_MS = 50;
/** What was measured so far is told at most this often, and seldom enough to cost one part in this. */
const MEASURE_MS = 1_000;
const MEASURE_SHARE = 200;
/** Packets that wait to be taken; four seconds of a run that moves 4 MB of them a second. */
const PENDING_MAX = 16 * 1024 * 1024;
/** Blocks of packets that may wait for their packets to arrive: a watcher wants to see them. */
const WAITING_MAX = 8;

/** Where a run sends itself; it crosses threads, and the port is handed over. */
export interface Broadcast {
  readonly port: MessagePort;
  /** One i32: bytes of packets that were sent and not taken yet. */
  readonly pending: SharedArrayBuffer;
}

/** What is sent. */
export type BroadcastMessage =
  | {
      readonly kind: 'begin';
      readonly run: string;
      readonly seed: number;
      readonly durationNs: number;
      /** False where packets are not watched, as in live runs. */
      readonly hasPackets: boolean;
      /** The head of the trace's file. */
      readonly head: Uint8Array;
    }
  | BroadcastBlocks
  /** What was measured so far, about once a second; the last one counts. */
  | { readonly kind: 'measured'; readonly result: SeedResult }
  | { readonly kind: 'end'; readonly nowNs: number };

/** Blocks that were written since the last ones. */
export interface BroadcastBlocks {
  readonly kind: 'blocks';
  /** How far the run is. */
  readonly nowNs: number;
  /** Whole blocks; empty when there are none. */
  readonly lasting: Uint8Array;
  readonly packets: Uint8Array;
  /** Rows of packets. */
  readonly rows: number;
  /** Rows of packets that were thrown away because the other side does not take them. */
  readonly lostRows: number;
}

const PACKET_TABLES: readonly number[] = [TABLES.hop.id, TABLES.drop.id, TABLES.packet.id];
const NOTHING = new Uint8Array(0);

/** What a run tells of itself while it goes on. */
export interface BroadcastParts extends TraceParts {
  /** What was measured so far; it changes nothing. */
  readonly soFar: (stage: Stage) => SeedResult;
}

/** Records a run for those who watch it. */
export function broadcastTrace(
  parts: BroadcastParts,
  broadcast: Broadcast,
  now: () => number = () => performance.now(),
): TraceListener {
  const output = new BroadcastOutput(parts, broadcast, now);
  return traceInto(parts, { extent: 'full' }, output);
}

class BroadcastOutput implements TraceOutput {
  readonly waitingMax = WAITING_MAX;
  readonly sink = { write: (bytes: Uint8Array): void => this.#write(bytes) };
  readonly #parts: BroadcastParts;
  readonly #port: MessagePort;
  readonly #pending: Int32Array;
  readonly #now: () => number;
  #sentMs: number;
  #measureAtMs: number;
  #nowNs = 0;
  #hasBegun = false;
  #hasFooter = false;
  /** Bytes of the block under way that are still to come. */
  #left = 0;
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
    this.#measureAtMs = this.#sentMs + MEASURE_MS;
  }

  ticked(nowNs: number, stage: Stage, flush: () => void): void {
    this.#nowNs = nowNs;
    const nowMs = this.#now();
    if (nowMs - this.#sentMs < FLUSH_MS) return;
    this.#sentMs = nowMs;
    flush();
    this.#send();
    if (nowMs >= this.#measureAtMs) this.#measure(stage, nowMs);
  }

  warning(): undefined {
    return undefined;
  }

  close(): void {
    this.#send();
    this.#post({ kind: 'end', nowNs: this.#nowNs });
    this.#port.close();
  }

  /** The writer hands over the head of a block, then its payload, then what aligns the next. */
  #write(bytes: Uint8Array): void {
    if (!this.#hasBegun) this.#begin(bytes);
    else if (!this.#hasFooter) {
      if (this.#left === 0) this.#beginBlock(bytes);
      this.#left -= bytes.length;
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
    const table = view.getUint8(FIELD.table);
    // The index is of the whole file; who watches builds its own.
    this.#hasFooter = table === FOOTER_TABLE;
    this.#left = BLOCK_HEAD_BYTES + aligned(view.getUint32(FIELD.stored, true));
    if (this.#hasFooter) this.#lane = undefined;
    else if (!PACKET_TABLES.includes(table)) this.#lane = this.#lasting;
    else {
      const rows = view.getUint32(FIELD.rows, true);
      const isTaken = Atomics.load(this.#pending, 0) + this.#left <= PENDING_MAX;
      if (isTaken) this.#rows += rows;
      else this.#lostRows += rows;
      this.#lane = isTaken ? this.#packets : undefined;
      if (isTaken) Atomics.add(this.#pending, 0, this.#left);
    }
  }

  #measure(stage: Stage, beganMs: number): void {
    this.#post({ kind: 'measured', result: this.#parts.soFar(stage) });
    const tookMs = this.#now() - beganMs;
    this.#measureAtMs = beganMs + Math.max(MEASURE_MS, MEASURE_SHARE * tookMs);
  }

  #send(): void {
    const lasting = joined(this.#lasting);
    const packets = joined(this.#packets);
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

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length === 0) return NOTHING;
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
