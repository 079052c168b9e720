/**
 * Tagging: a corrupt first mix flips a payload bit, a corrupt last hop sees that the payload is
 * destroyed. In Sphinx that is all a tag can say, and it costs the message (spec/mixnet.md 4.4).
 *
 * @module
 */

/** Corrupt shares where the tag is made and where it is read. */
export interface TaggingSetting {
  readonly corruptFirst: number;
  readonly corruptLast: number;
}

/** Share of all messages that tagging links: c_first c_last. */
export function taggedLinks({ corruptFirst, corruptLast }: TaggingSetting): number {
  return corruptFirst * corruptLast;
}

/** Share of all messages that tagging destroys: every one that the first mix tags. */
export function taggedLosses({ corruptFirst }: TaggingSetting): number {
  return corruptFirst;
}
