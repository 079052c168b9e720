/**
 * A store in memory that behaves as the port requires, for tests. All its data form one journal of
 * bytes: a sync makes a prefix durable, and a crash keeps the durable prefix and any part of what
 * follows.
 *
 * @module
 */
import type { KeyRange, Store } from '../../../../engine/host/store.ts';

interface Entry {
  readonly end: number;
  readonly apply: (state: State) => void;
}
interface State {
  readonly log: Uint8Array[];
  readonly table: Map<string, Uint8Array>;
}
interface PendingSync {
  readonly end: number;
  readonly done: (error?: string) => void;
}

/**
 * Length of the header of an entry in the journal: kind, length and checksum, as in a real store.
 */
const HEAD_BYTES = 9;

export class MemoryStore implements Store {
  readonly #entries: Entry[];
  readonly #state: State = { log: [], table: new Map() };
  #pending: PendingSync[] = [];
  #end: number;
  #durable: number;
  /** Number of syncs requested. */
  syncs = 0;

  constructor(entries: readonly Entry[] = []) {
    this.#entries = [...entries];
    this.#end = entries.at(-1)?.end ?? 0;
    this.#durable = this.#end;
    for (const entry of entries) entry.apply(this.#state);
  }

  /** Number of bytes written to the journal. */
  get written(): number {
    return this.#end;
  }
  get durable(): number {
    return this.#durable;
  }
  keys({ prefix = '' }: KeyRange = {}): readonly string[] {
    return [...this.#state.table.keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  append(record: Uint8Array): void {
    const copy = record.slice();
    this.#write(copy.length, ({ log }) => log.push(copy));
  }
  replay(visit: (record: Uint8Array) => void): void {
    for (const record of this.#state.log) visit(record);
  }
  truncate(): void {
    this.#write(0, ({ log }) => {
      log.length = 0;
    });
  }
  put(key: string, value: Uint8Array): void {
    const copy = value.slice();
    this.#write(key.length + copy.length, ({ table }) => table.set(key, copy));
  }
  get(key: string): Uint8Array | undefined {
    return this.#state.table.get(key);
  }
  delete(key: string): void {
    this.#write(key.length, ({ table }) => table.delete(key));
  }
  sync(done: (error?: string) => void): void {
    this.syncs++;
    this.#pending.push({ end: this.#end, done });
  }

  /**
   * Completes the syncs requested so far, as the next turn would, and repeats until none is left.
   */
  settle(error?: string): void {
    while (this.#pending.length > 0) this.settleOnce(error);
  }

  /** Completes the syncs requested so far, but not those that their completion requests. */
  settleOnce(error?: string): void {
    const pending = this.#pending;
    this.#pending = [];
    for (const { end, done } of pending) {
      if (error === undefined) this.#durable = Math.max(this.#durable, end);
      done(error);
    }
  }

  /** The store after a crash that left `bytes` of the journal, but at least the durable part. */
  crash(bytes: number): MemoryStore {
    const kept = Math.max(bytes, this.#durable);
    return new MemoryStore(this.#entries.filter((entry) => entry.end <= kept));
  }

  #write(length: number, apply: (state: State) => void): void {
    this.#end += HEAD_BYTES + length;
    this.#entries.push({ end: this.#end, apply });
    apply(this.#state);
  }
}
