/**
 * Federated learning: waits, at the aggregator, until survivors have revealed the keys of noise that is not
 * needed, and removes that noise from the sum. A survivor that reveals nothing leaves more noise in the sum
 * than needed, never less.
 *
 * @module
 */
import type { Host } from '../../engine/host/host.ts';
import type { Timer } from '../../engine/host/time.ts';
import type { NoiseLevel, RemoveNoiseInput } from './aggregator/remove-noise-job.ts';
import type { RoundSessionSum } from './aggregator-round-node.ts';
import type { FederatedOptions } from './config.ts';
import {
  NOISE_LEVEL_KEY_BYTES,
  plannedLevelVariances,
  remainingVarianceRatio,
  unneededNoiseLevels,
} from './noise-levels.ts';
import { reduceRingElements } from './secagg/ring.ts';

/** What a {@link NoiseRemoval} is made from. */
export interface NoiseRemovalParts {
  readonly host: Host;
  readonly options: FederatedOptions;
  readonly sum: RoundSessionSum;
  /**
   * Called with the sum without the revealed noise, and the remaining variance divided by the planned
   * variance.
   */
  readonly done: (ring: Uint32Array, kept: number) => void;
}

/** Waits for the noise keys that survivors reveal, and removes the surplus noise from a sum. */
export class NoiseRemoval {
  readonly #parts: NoiseRemovalParts;
  readonly #removed: readonly number[];
  /** Names of the survivors that have not revealed their keys yet. */
  readonly #missing: Set<string>;
  readonly #levels: NoiseLevel[] = [];
  readonly #variances: readonly number[];
  #timer: Timer | undefined;
  #isOver = false;

  constructor(parts: NoiseRemovalParts) {
    const { host, options, sum } = parts;
    this.#parts = parts;
    const clients = sum.clients.length;
    this.#removed = unneededNoiseLevels(options, { clients, survivors: sum.survivors.length });
    this.#variances = plannedLevelVariances(options, clients);
    this.#missing = new Set(sum.survivors.map((index) => sum.clients[index] as string));
    if (this.#removed.length === 0) this.#missing.clear();
    else this.#timer = host.after(options.phaseTimeout, () => this.#close());
  }

  /** Begins to wait; finishes at once if no noise has to be revealed. */
  begin(): void {
    if (this.#missing.size === 0) this.#close();
  }

  /** Called with the keys of the noise levels that a client reveals. */
  take(from: string, session: Uint8Array, keys: Uint8Array): void {
    const { host, sum } = this.#parts;
    if (!host.crypto.equal(session, sum.name)) host.drop('no-session');
    else if (keys.length !== NOISE_LEVEL_KEY_BYTES * this.#removed.length) host.drop('malformed');
    else if (!this.#missing.delete(from)) host.drop('not-client');
    else {
      for (const [place, level] of this.#removed.entries()) {
        const key = keys.slice(place * NOISE_LEVEL_KEY_BYTES, (place + 1) * NOISE_LEVEL_KEY_BYTES);
        this.#levels.push({ key, variance: this.#variances[level] as number });
      }
      if (this.#missing.size === 0) this.#close();
    }
  }

  end(): void {
    this.#isOver = true;
    this.#timer?.cancel();
  }

  #close(): void {
    if (this.#isOver) return;
    this.end();
    const { host, options, sum, done } = this.#parts;
    const survivors = sum.survivors.length;
    const revealed = survivors - this.#missing.size;
    const kept = remainingVarianceRatio(options, {
      clients: sum.clients.length,
      survivors,
      revealed,
    });
    const { mechanism = 'discrete-gaussian' } = options.privacy ?? {};
    const input: RemoveNoiseInput = { ring: sum.ring.slice(), mechanism, levels: this.#levels };
    host.compute('removeNoise', input, (result) => {
      if (result.kind === 'failed') throw new Error(`removing noise failed: ${result.message}`);
      const ring = result.output as Uint32Array;
      reduceRingElements(ring, sum.bits);
      done(ring, kept);
    });
  }
}
