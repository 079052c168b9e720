/** A disk below an agent under test: what was synced survives, of the rest a prefix may. */
import type { AgentEffect } from '../../../../../nodes/dtn/agent/effects.ts';
import type { StoredRecord } from '../../../../../nodes/dtn/agent/records.ts';

type Write =
  | { readonly key: string; readonly value: Uint8Array }
  | { readonly key: string; readonly value?: undefined };

/** A disk that confirms syncs when told to. */
export class Disk {
  readonly #table = new Map<string, Uint8Array>();
  #waiting: Write[] = [];
  #syncing: Write[] | undefined;

  /** True while a sync is under way. */
  get isBusy(): boolean {
    return this.#syncing !== undefined;
  }

  /** Number of writes that no sync has confirmed. */
  get unsynced(): number {
    return this.#waiting.length + (this.#syncing?.length ?? 0);
  }

  /** Performs the effects that concern it. */
  perform(effects: readonly AgentEffect<string>[]): void {
    for (const effect of effects) {
      if (effect.kind === 'put') this.#waiting.push({ key: effect.key, value: effect.value });
      else if (effect.kind === 'erase') this.#waiting.push({ key: effect.key });
      else if (effect.kind === 'sync') {
        if (this.#syncing !== undefined) throw new Error('a second sync began');
        this.#syncing = this.#waiting;
        this.#waiting = [];
      }
    }
  }

  /** The sync under way is complete. */
  confirm(): void {
    for (const write of this.#syncing ?? []) this.#apply(write);
    this.#syncing = undefined;
  }

  /** The sync under way fails, and what it would have written is lost. */
  fail(): void {
    this.#syncing = undefined;
  }

  /** The node crashes: of what no sync has confirmed, so many writes reached the disk. */
  crash(survivors: number): void {
    const unsynced = [...(this.#syncing ?? []), ...this.#waiting];
    for (const write of unsynced.slice(0, survivors)) this.#apply(write);
    this.#syncing = undefined;
    this.#waiting = [];
  }

  /** Damages a record. */
  damage(key: string, value: Uint8Array): void {
    this.#table.set(key, value);
  }

  /** All that is on it, in the order of the keys. */
  records(): readonly StoredRecord[] {
    return [...this.#table].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  #apply({ key, value }: Write): void {
    if (value === undefined) this.#table.delete(key);
    else this.#table.set(key, value);
  }
}
