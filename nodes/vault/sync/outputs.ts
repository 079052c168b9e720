/**
 * Vault: the effects of one step of a replica's machine, in order.
 *
 * @module
 */
import type { Change } from '../changes.ts';
import type { RequestRefusal, VaultCounter, VaultEffect, VaultHistogram } from './effects.ts';
import { encodeDecision } from './records.ts';

/** Collects the effects of a step. */
export class Outputs<Asker> {
  #effects: VaultEffect<Asker>[] = [];
  #isDirty = false;
  /** Bytes of the operations in the log on disk since the log was last replaced. */
  logBytes = 0;
  /** Number of changes of the replica so far. */
  changes = 0;

  /** Asks for a write, for example of a receipt. */
  markDirty(): void {
    this.#isDirty = true;
  }

  /** Takes the effects since the last call. */
  take(): readonly VaultEffect<Asker>[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** True if anything has to be written since the last call. */
  takeDirty(): boolean {
    const isDirty = this.#isDirty;
    this.#isDirty = false;
    return isDirty;
  }

  push(effect: VaultEffect<Asker>): void {
    this.#effects.push(effect);
  }

  /** Answers a request, unless the replica itself made it. */
  answer(asker: Asker | undefined, outcome: 'ok' | RequestRefusal, body?: Uint8Array): void {
    if (asker === undefined) return;
    this.push({ kind: 'answer', asker, outcome, ...(body === undefined ? {} : { body }) });
  }

  drop(reason: Extract<VaultEffect<Asker>, { kind: 'drop' }>['reason']): void {
    this.push({ kind: 'drop', reason });
  }

  count(metric: VaultCounter, by = 1): void {
    this.push({ kind: 'count', metric, by });
  }

  measure(metric: VaultHistogram, value: number): void {
    this.push({ kind: 'measure', metric, value });
  }

  warn(text: string): void {
    this.push({ kind: 'warn', text });
  }

  /** Puts an operation into the log on disk, and its key beside it. */
  keep({ item, entry, forgotten }: Change): void {
    this.#isDirty = true;
    this.changes += 1;
    // The key first, since a crash may keep only the first change: an operation without its key reads as erased.
    if (entry !== null) this.keepKey(entry, item.wrappedKey);
    this.push({ kind: 'append', record: item.operation });
    this.logBytes += item.operation.length;
    this.forget(forgotten);
  }

  keepKey(entry: string, wrappedKey: Uint8Array | null | undefined): void {
    this.#isDirty = true;
    if (wrappedKey instanceof Uint8Array) this.push({ kind: 'put', key: entry, value: wrappedKey });
  }

  /** Puts the owner's decision about a peer on disk. */
  keepDecision(peer: string, isAllowed: boolean): void {
    this.#isDirty = true;
    this.push({ kind: 'put', ...encodeDecision(peer, isAllowed) });
  }

  /** Deletes wrapped keys, which makes their values unreadable. */
  forget(entries: readonly string[]): void {
    this.#isDirty ||= entries.length > 0;
    for (const key of entries) this.push({ kind: 'forget', key });
  }

  /** Replaces the log on disk by a snapshot. */
  rewrite(snapshot: Uint8Array): void {
    this.#isDirty = true;
    this.logBytes = 0;
    this.changes += 1;
    this.push({ kind: 'rewrite', snapshot });
  }
}
