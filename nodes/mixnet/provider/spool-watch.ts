/**
 * Warns the operator when more messages arrive for a client than it retrieves: its spool then grows
 * until it is full, and what is delivered comes later and later.
 *
 * Both rates are measured since the client last found no more than one batch: in this time nothing
 * that waited was left unasked for, so a spool that has grown by several batches says that the client
 * asks too seldom. While a client is away nothing is measured. Changes nothing.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

const NS_PER_SECOND = 1_000_000_000;
/** Batches by which a spool grows until it is told; retrievals that this takes at least. */
const BATCHES_GROWN = 5;
const RETRIEVALS_LEAST = 10;
/** A pause of so many mean ones: the client was away. */
const PAUSES_AWAY = 5;

/** What was found. */
export interface SlowRetrieval {
  /** Messages a second that arrived, and those that the client took. */
  readonly arrivedPerSecond: number;
  readonly retrievedPerSecond: number;
  readonly overSeconds: number;
}

/** See the module; one for each client. */
export class SpoolWatch {
  readonly #batch: number;
  #arrived = 0;
  #taken = 0;
  #retrievals = 0;
  #sinceNs: Nanoseconds = 0;
  #lastNs: Nanoseconds | undefined;
  #pauseNs: Nanoseconds = 0;

  /** @param batch Messages of one retrieval at most. */
  constructor(batch: number) {
    this.#batch = batch;
  }

  /** A message came for the client. */
  arrived(): void {
    this.#arrived += 1;
  }

  /**
   * The client asks: it has `taken` messages of those before, and `waiting` are in its spool.
   * @returns what is wrong, at each retrieval at which it is.
   */
  retrieved(
    now: Nanoseconds,
    { taken, waiting }: { readonly taken: number; readonly waiting: number },
  ): SlowRetrieval | undefined {
    const wasAway = this.#wasAway(now);
    if (wasAway || waiting <= this.#batch) {
      this.#begin(now);
      return undefined;
    }
    this.#retrievals += 1;
    this.#taken += taken;
    const grown = this.#arrived - this.#taken;
    if (this.#retrievals < RETRIEVALS_LEAST || grown < BATCHES_GROWN * this.#batch) {
      return undefined;
    }
    const overSeconds = (now - this.#sinceNs) / NS_PER_SECOND;
    return {
      arrivedPerSecond: this.#arrived / overSeconds,
      retrievedPerSecond: this.#taken / overSeconds,
      overSeconds,
    };
  }

  #begin(now: Nanoseconds): void {
    this.#sinceNs = now;
    this.#arrived = 0;
    this.#taken = 0;
    this.#retrievals = 0;
  }

  /** True for the first retrieval, and after a pause that is far longer than those before. */
  #wasAway(now: Nanoseconds): boolean {
    const last = this.#lastNs;
    this.#lastNs = now;
    if (last === undefined) return true;
    const pauseNs = now - last;
    if (this.#pauseNs === 0) this.#pauseNs = pauseNs;
    if (pauseNs > PAUSES_AWAY * this.#pauseNs) return true;
    this.#pauseNs += (pauseNs - this.#pauseNs) / 8;
    return false;
  }
}

/** For the log and the report. */
export function slowRetrievalText(
  client: string,
  { arrivedPerSecond, retrievedPerSecond, overSeconds }: SlowRetrieval,
): string {
  const rates = `${client} retrieves ${figure(retrievedPerSecond)}/s, ${figure(arrivedPerSecond)}/s arrive`;
  return (
    `${rates} (over ${Math.round(overSeconds)} s): its messages come later and later; ` +
    'shorten client.retrieve.interval, or raise spool.batch'
  );
}

function figure(perSecond: number): string {
  return String(Number(perSecond.toFixed(1)));
}
