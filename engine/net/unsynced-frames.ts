/**
 * Frames of a store that no sync has taken yet. A node that writes and deletes for days without a
 * sync must not keep all frames: whenever the bytes have doubled, frames that later ones made void are removed.
 *
 * @module
 */
import { wipe } from '../core/secrets.ts';
import { DELETE_FRAME, entryKey, parseFrame, withoutVoidFrames } from './store-frames.ts';

/** Smallest number of waiting bytes at which void frames are removed. */
const TIDY_MIN_BYTES = 1 << 20;

/** Frames of a store that no sync has taken yet, without those that later frames made void. */
export class UnsyncedFrames {
  #frames: Uint8Array[] = [];
  #bytes = 0;
  /** Number of waiting bytes after the last {@link tidy}. */
  #tidyBytes = 0;

  get frames(): readonly Uint8Array[] {
    return this.#frames;
  }

  /** Number of bytes that wait for a sync. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether {@link tidy} is due: once for each doubling, so that its cost per frame is bounded. */
  get isOvergrown(): boolean {
    return this.#bytes > Math.max(TIDY_MIN_BYTES, 2 * this.#tidyBytes);
  }

  // hot: once per packet of a mix.
  push(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#bytes += frame.length;
  }

  /** Hands out all frames, which a sync now takes. */
  take(): readonly Uint8Array[] {
    return this.replace([]);
  }

  /** Replaces all frames that wait by others, and returns the replaced ones. */
  replace(frames: readonly Uint8Array[]): readonly Uint8Array[] {
    const before = this.#frames;
    this.#frames = [...frames];
    this.#bytes = frames.reduce((sum, frame) => sum + frame.length, 0);
    this.#tidyBytes = 0;
    return before;
  }

  /**
   * Drops what later frames have made void.
   * @param isElsewhere Whether an entry is on the disk or on its way there, so that its deletion
   *   must still be written.
   */
  tidy(isElsewhere: (key: string) => boolean): void {
    const kept = new Set<Uint8Array>();
    for (const frame of withoutVoidFrames(this.#frames.map(parseFrame))) {
      const isNeeded = frame.kind !== DELETE_FRAME || isElsewhere(entryKey(frame) as string);
      if (isNeeded) kept.add(frame.whole);
    }
    for (const frame of this.#frames) if (!kept.has(frame)) wipe(frame);
    this.replace([...kept]);
    this.#tidyBytes = this.#bytes;
  }
}
