/**
 * Vault: applications that watch keys. Each is told of a change once it is on disk.
 *
 * @module
 */
import { WATCHED_CHANGES_MAX, WATCHERS_MAX } from './geometry.ts';

const encoder = new TextEncoder();

/** A change of a key, by an operation of this kind and actor. */
export interface WatchedChange {
  readonly key: string;
  readonly kind: string;
  readonly actor: string;
}

/** The applications that watch keys of one replica; `Asker` identifies each. */
export class Watchers<Asker> {
  #watchers: { readonly asker: Asker; readonly prefix: string }[] = [];
  #changes: WatchedChange[] = [];

  /** Adds an application that watches the keys with this prefix. @returns false if there are too many. */
  add(asker: Asker, prefix: string): boolean {
    if (this.#watchers.length >= WATCHERS_MAX) return false;
    this.#watchers.push({ asker, prefix });
    return true;
  }

  /** Removes an application that no longer watches. */
  remove(asker: Asker): void {
    this.#watchers = this.#watchers.filter((watcher) => watcher.asker !== asker);
  }

  /** Notes a change that is not yet on disk. Beyond the bound, changes before the next write are not shown. */
  note(change: WatchedChange): void {
    if (this.#watchers.length === 0 || this.#changes.length >= WATCHED_CHANGES_MAX) return;
    this.#changes.push(change);
  }

  /** The text for each watcher, now that all changes are on disk: a line of JSON for each change. */
  tell(): readonly { readonly asker: Asker; readonly body: Uint8Array }[] {
    const changes = this.#changes;
    this.#changes = [];
    return this.#watchers.flatMap(({ asker, prefix }) => {
      const lines = changes
        .filter(({ key }) => key.startsWith(prefix))
        .map((change) => `${JSON.stringify(change)}\n`);
      return lines.length === 0 ? [] : [{ asker, body: encoder.encode(lines.join('')) }];
    });
  }
}
