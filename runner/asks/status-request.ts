/**
 * Statuses of nodes as operators and pages get them. They are JSON from nodes that may be in other
 * processes, so each status is bounded in length and depth, and all statuses of one request in total
 * length.
 *
 * @module
 */

/** The status of a node, or the reason why it is not shown. */
export type ShownStatus = Readonly<Record<string, unknown>>;

/** Largest size of a status, bytes of JSON. */
const STATUS_BYTES_MAX = 65_536;
/** Largest number of levels of nesting in a status; a MessagePort cannot send deeper objects. */
const DEPTH_MAX = 32;
/** Largest size of all statuses of one request, bytes of JSON; further statuses are marked as left out. */
const REQUESTED_STATUSES_BYTES_MAX = 4_000_000;

/** One request for the statuses of several nodes, which together may take a bounded number of bytes. */
export class StatusRequest {
  #bytes = 0;

  /** Makes the reader for the status of one node, which may come in parts. */
  reader(): StatusReader {
    return new StatusReader((bytes) => {
      const hasRoom = this.#bytes + bytes <= REQUESTED_STATUSES_BYTES_MAX;
      if (hasRoom) this.#bytes += bytes;
      return hasRoom;
    });
  }
}

/** Joins the parts in which the status of one node arrives, and checks its size and depth. */
export class StatusReader {
  readonly #take: (bytes: number) => boolean;
  readonly #decoder = new TextDecoder();
  #text = '';
  #bytes = 0;
  #isLeftOut = false;

  /** @param take Takes bytes off the budget of the request; false if fewer bytes are left. */
  constructor(take: (bytes: number) => boolean) {
    this.#take = take;
  }

  /** Adds a part of the text; `part` is read during the call only. */
  add(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > STATUS_BYTES_MAX || this.#isLeftOut) return;
    if (this.#take(part.length)) this.#text += this.#decoder.decode(part, { stream: true });
    else this.#isLeftOut = true;
  }

  /** The whole status; to be called after its last part. */
  ended(outcome: string): ShownStatus {
    if (this.#bytes > STATUS_BYTES_MAX)
      return { error: `the status has more than ${STATUS_BYTES_MAX} bytes` };
    if (this.#isLeftOut)
      return {
        error: `left out: the statuses before it fill ${REQUESTED_STATUSES_BYTES_MAX / 1e6} MB`,
      };
    const text = this.#text;
    if (outcome !== 'ok') return { error: text === '' ? outcome : text };
    try {
      const status: ShownStatus = JSON.parse(text);
      return isWithin(status, DEPTH_MAX)
        ? status
        : { error: `the status is deeper than ${DEPTH_MAX}` };
    } catch {
      return { error: 'the status is not JSON' };
    }
  }
}

function isWithin(value: unknown, depth: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  return depth > 0 && Object.values(value).every((inner) => isWithin(inner, depth - 1));
}
