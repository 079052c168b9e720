/**
 * Warns the operator when more messages arrive for a client than it retrieves: its spool then grows
 * until it is full, and messages are delivered later and later.
 *
 * Both rates are measured since the client last left no more than one batch waiting: from then on
 * nothing should pile up, so a spool that has grown by several batches shows that the client
 * retrieves too rarely. While a client is away nothing is measured. The watch only warns.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

const NS_PER_SECOND = 1_000_000_000;
/** Batches by which a spool must grow before the warning, and the fewest retrievals that takes. */
const BATCHES_GROWN = 5;
const RETRIEVALS_LEAST = 10;
/** A pause this many times the mean pause: the client was away. */
const PAUSES_AWAY = 5;

/** A client that retrieves too slowly. */
export interface SlowRetrieval {
  /** Messages per second that arrived, and that the client retrieved. */
  readonly arrivedPerSecond: number;
  readonly retrievedPerSecond: number;
  readonly overSeconds: number;
}

/** Watches the spool of one client. */
export class SpoolWatch {
  readonly #batch: number;
  #arrived = 0;
  #taken = 0;
  #retrievals = 0;
  #sinceNs: Nanoseconds = 0;
  #lastNs: Nanoseconds | undefined;
  #pauseNs: Nanoseconds = 0;

  /** @param batch Most messages per retrieval. */
  constructor(batch: number) {
    this.#batch = batch;
  }

  /** A message for the client arrived. */
  arrived(): void {
    this.#arrived += 1;
  }

  /**
   * The client retrieves: it has received `taken` of the earlier messages, and `waiting` are in its
   * spool.
   * @returns the measured rates if the client retrieves too slowly; undefined otherwise.
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

  /** True for the first retrieval, and after a pause much longer than earlier ones. */
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

/** Text for the log and the report. */
export function slowRetrievalText(
  client: string,
  { arrivedPerSecond, retrievedPerSecond, overSeconds }: SlowRetrieval,
): string {
  const rates = `${client} retrieves ${figure(retrievedPerSecond)}/s, ${figure(arrivedPerSecond)}/s arrive`;
  return (
    `${rates} (over ${Math.round(overSeconds)} s): its messages arrive later and later; ` +
    'shorten client.retrieve.interval, or raise spool.batch'
  );
}

function figure(perSecond: number): string {
  return String(Number(perSecond.toFixed(1)));
}
