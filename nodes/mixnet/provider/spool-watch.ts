/**
 * Detects that more messages arrive for a client than it retrieves: its spool then grows until it
 * is full, and messages are delivered later and later.
 *
 * The rates at which messages arrive and are retrieved are measured since the last retrieval that
 * found at most one batch in the spool. If the spool has grown by several batches since then, the
 * client retrieves too rarely. After a long pause of the client, the measurement starts again. The
 * watch only warns; it changes nothing.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';

const NS_PER_SECOND = 1_000_000_000;
/** There is a warning only if the spool has grown by at least this many batches. */
const BATCHES_GROWN = 5;
/** There is a warning only after at least this many retrievals. */
const RETRIEVALS_LEAST = 10;
/** If the pause between two retrievals is longer than this many mean pauses, the client was away. */
const PAUSES_AWAY = 5;

/**
 * The rates of a client that retrieves too slowly, measured over the last `overSeconds` seconds.
 */
export interface SlowRetrieval {
  /** Messages per second that arrived for the client. */
  readonly arrivedPerSecond: number;
  /** Messages per second that the client retrieved. */
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

  /** @param batch Largest number of messages in the answer to one retrieval. */
  constructor(batch: number) {
    this.#batch = batch;
  }

  /** Counts a message that arrived for the client. */
  arrived(): void {
    this.#arrived += 1;
  }

  /**
   * Records a retrieval, which acknowledges `taken` messages and leaves `waiting` in the spool.
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

  /** True for the first retrieval, and after a pause much longer than the earlier pauses. */
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

/** Formats the warning about a client, for the log and the report. */
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
