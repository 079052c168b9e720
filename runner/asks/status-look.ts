/**
 * Statuses of nodes as operators and pages get them: JSON of nodes that may be in other processes, so each is
 * bounded in length and depth, and all of one look in length.
 *
 * @module
 */

/** What a node says of itself, or why that is not shown. */
export type ShownStatus = Readonly<Record<string, unknown>>;

/** Longest status, bytes of JSON, and how deep it may be: what is too deep cannot be sent over a port. */
const STATUS_BYTES_MAX = 65_536;
const DEPTH_MAX = 32;
/** All statuses of one look, bytes of JSON; what is beyond is named as left out. */
const LOOK_BYTES_MAX = 4_000_000;

/** One look at the statuses of some nodes. */
export class StatusLook {
  #bytes = 0;

  /** Begins the status of one node, which may come in parts. */
  reader(): StatusReader {
    return new StatusReader((bytes) => {
      const hasRoom = this.#bytes + bytes <= LOOK_BYTES_MAX;
      if (hasRoom) this.#bytes += bytes;
      return hasRoom;
    });
  }
}

/** Puts the status of one node together. */
export class StatusReader {
  readonly #take: (bytes: number) => boolean;
  readonly #decoder = new TextDecoder();
  #text = '';
  #bytes = 0;
  #isLeftOut = false;

  /** @param take Takes bytes off the budget of the look; false if there are not so many left. */
  constructor(take: (bytes: number) => boolean) {
    this.#take = take;
  }

  /** Takes a part of the text, which is read during the call only. */
  add(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > STATUS_BYTES_MAX || this.#isLeftOut) return;
    if (this.#take(part.length)) this.#text += this.#decoder.decode(part, { stream: true });
    else this.#isLeftOut = true;
  }

  /** The status, after its last part. */
  ended(outcome: string): ShownStatus {
    if (this.#bytes > STATUS_BYTES_MAX)
      return { error: `the status has more than ${STATUS_BYTES_MAX} bytes` };
    if (this.#isLeftOut)
      return { error: `left out: the statuses before it fill ${LOOK_BYTES_MAX / 1e6} MB` };
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
