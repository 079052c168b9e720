/**
 * Tagging: a corrupt first mix flips a payload bit, and a corrupt last hop sees that the payload is
 * destroyed. In Sphinx a tag carries no further information, and the tagged message is lost
 * (docs/spec/privacy-metrics.md, "Attacks").
 *
 * @module
 */

/**
 * Shares of corrupt nodes among the first hops, which make the tag, and among the last hops, which read
 * it.
 */
export interface TaggingSetting {
  readonly corruptFirst: number;
  readonly corruptLast: number;
}

/** Share of all messages that tagging links: c_first c_last. */
export function shareLinkedByTagging({ corruptFirst, corruptLast }: TaggingSetting): number {
  return corruptFirst * corruptLast;
}

/** Share of all messages that tagging destroys: all those that the first mix tags. */
export function shareLostByTagging({ corruptFirst }: TaggingSetting): number {
  return corruptFirst;
}
