/**
 * Messages of a mesh that are put together from fragments and repairs, within bounds.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import {
  blockFragmentRange,
  fragmentCount,
  fragmentIndicesInRow,
  type RepairParameters,
  repairRowCount,
  repairRowData,
} from './mesh-repair.ts';
import type { MeshFrame } from './mesh-wire.ts';

/**
 * Limits of incomplete messages: their number, how long each is kept, ns, and the longest message,
 * bytes.
 */
export interface MeshReassemblyLimits {
  readonly assembliesMax: number;
  readonly assemblyNs: number;
  readonly messageBytes: number;
}

/** Number of complete messages that a node remembers (our choice): enough for a few minutes. */
const DONE_MAX = 1_024;

interface Assembly {
  readonly total: number;
  readonly length: number;
  readonly untilNs: Nanoseconds;
  readonly fragments: Map<number, Uint8Array>;
  /** Repairs by the text of block number and row number. */
  readonly repairs: Map<string, Uint8Array>;
}

/**
 * The result of a received frame: `message` if its message is now whole, `waits` if not, or why the
 * frame is dropped.
 */
export type MeshReassemblyOutcome =
  | { readonly kind: 'waits' }
  | { readonly kind: 'message'; readonly message: Uint8Array; readonly repaired: number }
  | { readonly kind: 'bad' }
  | { readonly kind: 'full' };

/** All incomplete messages of one node. */
export class MeshReassembler {
  readonly #form: RepairParameters;
  readonly #limits: MeshReassemblyLimits;
  /** Incomplete messages by origin and message number, oldest first. */
  readonly #open = new Map<string, Assembly>();
  /** Keys of complete messages, oldest first, so that late frames do not begin them again. */
  readonly #done = new Set<string>();

  constructor(form: RepairParameters, limits: MeshReassemblyLimits) {
    this.#form = form;
    this.#limits = limits;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Handles a frame for this node; its data is copied. */
  take(now: Nanoseconds, frame: MeshFrame): MeshReassemblyOutcome {
    if (!this.#isSound(frame)) return { kind: 'bad' };
    for (const [key, { untilNs }] of this.#open) {
      if (untilNs > now) break;
      this.#open.delete(key);
    }
    const key = `${frame.origin} ${frame.message}`;
    if (this.#done.has(key)) return { kind: 'waits' };
    const assembly = this.#open.get(key) ?? this.#begin(now, key, frame);
    if (assembly === undefined) return { kind: 'full' };
    if (assembly.total !== frame.total || assembly.length !== frame.length) return { kind: 'bad' };
    if (frame.kind === 'fragment') assembly.fragments.set(frame.index, frame.data.slice());
    else assembly.repairs.set(`${frame.index} ${frame.row}`, frame.data.slice());
    const repaired = this.#repair(assembly, this.#blockOf(frame));
    if (assembly.fragments.size < assembly.total) return { kind: 'waits' };
    this.#open.delete(key);
    this.#finish(key);
    return { kind: 'message', message: this.#joined(assembly), repaired };
  }

  #finish(key: string): void {
    this.#done.add(key);
    const [oldest] = this.#done;
    if (oldest !== undefined && this.#done.size > DONE_MAX) this.#done.delete(oldest);
  }

  #blockOf({ kind, index }: MeshFrame): number {
    return kind === 'repair' ? index : Math.floor(index / this.#form.blockFragments);
  }

  #begin(now: Nanoseconds, key: string, { total, length }: MeshFrame): Assembly | undefined {
    if (this.#open.size >= this.#limits.assembliesMax) return undefined;
    const untilNs = now + this.#limits.assemblyNs;
    const assembly = { total, length, untilNs, fragments: new Map(), repairs: new Map() };
    this.#open.set(key, assembly);
    return assembly;
  }

  /** True if the fields of a frame agree with each other and with the form of messages. */
  #isSound(frame: MeshFrame): boolean {
    const { kind, index, total, row, rows, length, data } = frame;
    const form = this.#form;
    if (length === 0 || length > this.#limits.messageBytes) return false;
    if (total !== fragmentCount(length, form)) return false;
    if (kind === 'fragment') {
      return data.length === Math.min(form.dataBytes, length - index * form.dataBytes);
    }
    const [first, end] = blockFragmentRange(index, total, form);
    return (
      first < end &&
      rows === repairRowCount(end - first, form) &&
      row < rows &&
      data.length === form.dataBytes
    );
  }

  /** Restores lost fragments of a block from its repairs. @returns the number of restored fragments. */
  #repair({ total, length, fragments, repairs }: Assembly, block: number): number {
    const bounds = blockFragmentRange(block, total, this.#form);
    const rows = repairRowCount(bounds[1] - bounds[0], this.#form);
    const { dataBytes } = this.#form;
    let repaired = 0;
    for (let row = 0; row < rows; row += 1) {
      const repair = repairs.get(`${block} ${row}`);
      const covered = fragmentIndicesInRow(row, rows, bounds);
      const [lost, another] = covered.filter((index) => !fragments.has(index));
      if (repair === undefined || lost === undefined || another !== undefined) continue;
      const known = covered.map((index) => fragments.get(index));
      const whole = repairRowData([...known, repair], dataBytes);
      fragments.set(lost, whole.slice(0, Math.min(dataBytes, length - lost * dataBytes)));
      repaired += 1;
    }
    return repaired;
  }

  #joined({ length, fragments }: Assembly): Uint8Array {
    const message = new Uint8Array(length);
    for (const [index, data] of fragments) message.set(data, index * this.#form.dataBytes);
    return message;
  }
}
