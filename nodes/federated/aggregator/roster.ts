/**
 * Which clients can take part. A client that is not known to be ready is asked repeatedly, since it
 * reports a change only once, and the report may be lost or arrive out of order.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { BackOff, type BackOffLimits } from '../../_kit/back-off.ts';
import { DeadlineHeap } from '../../_kit/deadlines.ts';

/** A client that is not known to be ready, and why. */
export interface UnavailableClient {
  readonly client: string;
  readonly reason: string;
}

interface Standing {
  state: 'unheard' | 'ready' | 'declined';
  /** Why the client is not ready. */
  reason: string;
  readonly waits: BackOff;
  /** True while a question to the client is planned or under way. */
  isQueued: boolean;
}

/** Which clients are ready, which have declined, and which are to be asked again. */
export class ClientReadiness {
  readonly #standings: ReadonlyMap<string, Standing>;
  /**
   * When each client is asked again: at most one entry for a client, ignored if the client is ready by
   * then.
   */
  readonly #questions = new DeadlineHeap<string>();
  readonly #limits: BackOffLimits;
  #ready = 0;
  #declined = 0;

  /** @param limits Least and longest wait between two questions to one client. */
  constructor(clients: readonly string[], limits: BackOffLimits, now: Nanoseconds) {
    this.#limits = limits;
    this.#standings = new Map(
      clients.map((client) => [
        client,
        { state: 'unheard', reason: 'not heard of', waits: new BackOff(limits), isQueued: true },
      ]),
    );
    for (const client of clients) this.#questions.add(now, client);
  }

  /** Number of clients that can take part. */
  get ready(): number {
    return this.#ready;
  }

  /** True if each client has reported whether it can take part. */
  get haveAllReported(): boolean {
    return this.#ready + this.#declined === this.#standings.size;
  }

  /** When the next client is asked; Infinity if none is. */
  get nextAt(): Nanoseconds {
    return this.#questions.nextAt ?? Number.POSITIVE_INFINITY;
  }

  isReady(client: string): boolean {
    return this.#standings.get(client)?.state === 'ready';
  }

  /** Clients that are not ready, in the order of all clients. */
  missing(): readonly UnavailableClient[] {
    return [...this.#standings].flatMap(([client, { state, reason }]) =>
      state === 'ready' ? [] : [{ client, reason }],
    );
  }

  /** Called when a client reported that it can take part. */
  joined(client: string): void {
    const standing = this.#standings.get(client);
    if (standing === undefined) return;
    this.#move(standing, 'ready');
    standing.waits.reset();
  }

  /** Called when a client said that it takes no part. */
  declined(now: Nanoseconds, client: string, reason: string): void {
    this.#left(now, client, { state: 'declined', reason: `declined (${reason})` });
  }

  /** Called when a client did not get its invitation. */
  missed(now: Nanoseconds, client: string, outcome: string): void {
    this.#left(now, client, { state: 'unheard', reason: outcome });
  }

  /**
   * Called with the carrier's report on a question to a client: `ok` if it arrived, else why it did not.
   */
  asked(now: Nanoseconds, client: string, outcome: string): void {
    const standing = this.#standings.get(client);
    if (standing === undefined) return;
    if (standing.state === 'unheard') {
      standing.reason = outcome === 'ok' ? 'no answer' : outcome;
    }
    standing.isQueued = false;
    this.#queue(now, client, standing);
  }

  /** Takes the clients that are to be asked now. */
  takeDue(now: Nanoseconds): readonly string[] {
    const due: string[] = [];
    for (;;) {
      const client = this.#questions.takeDue(now);
      const standing = client === undefined ? undefined : this.#standings.get(client);
      if (client === undefined || standing === undefined) return due;
      if (standing.state === 'ready') standing.isQueued = false;
      else due.push(client);
    }
  }

  #left(
    now: Nanoseconds,
    client: string,
    { state, reason }: Pick<Standing, 'state' | 'reason'>,
  ): void {
    const standing = this.#standings.get(client);
    if (standing === undefined) return;
    this.#move(standing, state);
    standing.reason = reason;
    this.#queue(now, client, standing);
  }

  #queue(now: Nanoseconds, client: string, standing: Standing): void {
    if (standing.state === 'ready' || standing.isQueued) return;
    standing.isQueued = true;
    // A client that declined reports unasked when it is ready again, so it is asked rarely.
    const isExpected = standing.state === 'declined';
    const waitNs = isExpected ? this.#limits.mostNs : standing.waits.next();
    this.#questions.add(now + waitNs, client);
  }

  #move(standing: Standing, state: Standing['state']): void {
    this.#ready += Number(state === 'ready') - Number(standing.state === 'ready');
    this.#declined += Number(state === 'declined') - Number(standing.state === 'declined');
    standing.state = state;
  }
}
