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
  /** Bytes of the operations that were added to the log on disk since it was replaced. */
  logBytes = 0;
  /** Number of changes of the replica so far. */
  changes = 0;

  /** Something else has to be written, such as a receipt. */
  markDirty(): void {
    this.#isDirty = true;
  }

  /** Takes the effects since the last call. */
  take(): readonly VaultEffect<Asker>[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  /** True if something was changed on disk since the last call. */
  takeDirty(): boolean {
    const isDirty = this.#isDirty;
    this.#isDirty = false;
    return isDirty;
  }

  push(effect: VaultEffect<Asker>): void {
    this.#effects.push(effect);
  }

  /** Answers who asked; nobody if the replica itself did. */
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
    // First, since a crash may keep what was written first: an operation without its key reads as erased.
    if (entry !== null) this.keepKey(entry, item.wrappedKey);
    this.push({ kind: 'append', record: item.operation });
    this.logBytes += item.operation.length;
    this.forget(forgotten);
  }

  keepKey(entry: string, wrappedKey: Uint8Array | null | undefined): void {
    this.#isDirty = true;
    if (wrappedKey instanceof Uint8Array) this.push({ kind: 'put', key: entry, value: wrappedKey });
  }

  /** Puts what the owner says of a peer on disk. */
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
