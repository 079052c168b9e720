/**
 * The predecessor attack, and the cost of fully compromised paths over many packets (Wright, Adler,
 * Levine, Shields, ACM TISSEC 2004). Shares of compromised paths are in metrics/closed-forms.ts.
 *
 * If a path is drawn for each packet, every packet is a round. What matters for a user is then the
 * probability that at least one of k packets met only corrupt nodes, which no entropy figure shows.
 *
 * @module
 */

/**
 * Number of packets per user after which half of all users have sent at least one over a fully
 * compromised path.
 */
export function packetsUntilHalfCompromised(alpha: number): number {
  return Math.ceil(Math.log(0.5) / Math.log1p(-alpha));
}

/** The numbers of all and of corrupt nodes; paths are rebuilt in each round. */
export interface PredecessorSetting {
  readonly nodes: number;
  readonly corrupt: number;
}

/** P(first and last hop of a round are corrupt) = (c / n)^2. */
export function bothEndsCorruptProbability({ nodes, corrupt }: PredecessorSetting): number {
  return (corrupt / nodes) ** 2;
}

/** Rounds until the true sender leads with high probability: about 8 (n / c)^2 ln n (Wright et al.). */
export function predecessorRounds({ nodes, corrupt }: PredecessorSetting): number {
  return 8 * (nodes / corrupt) ** 2 * Math.log(nodes);
}
