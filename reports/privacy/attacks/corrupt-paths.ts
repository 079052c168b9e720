/**
 * Corrupt nodes on a path: fully compromised paths and the predecessor attack (spec/mixnet.md 3.2,
 * 4.4; Wright et al. 2004).
 *
 * With a path drawn for each packet every packet is a round: what counts for a user is the chance
 * that at least one of k packets met corrupt nodes only, which no entropy figure shows.
 *
 * @module
 */

/** One layer of a stratified network. */
export interface LayerShare {
  readonly corrupt: number;
  readonly width: number;
}

/** P(every node of a path is corrupt): product of c_l / W_l. */
export function compromisedShare(layers: readonly LayerShare[]): number {
  return layers.reduce((product, { corrupt, width }) => product * (corrupt / width), 1);
}

/** Corrupt nodes placed at random. */
export interface RandomPlacement {
  readonly nodes: number;
  readonly corrupt: number;
  readonly layers: number;
}

/**
 * P(a path is fully compromised) when B of N nodes are corrupt and placed at random (MiXiM Fig. 3):
 * L different nodes are corrupt with product of (B - i) / (N - i). Layers hold W = floor(N / L); the
 * last one holds the rest, but a path meets each of its nodes with 1 / W as published.
 */
export function randomlyCompromisedShare({ nodes, corrupt, layers }: RandomPlacement): number {
  const width = Math.floor(nodes / layers);
  const last = nodes - (layers - 1) * width;
  let product = last / width;
  for (let i = 0; i < layers; i += 1) product *= Math.max(0, corrupt - i) / (nodes - i);
  return product;
}

/** P(at least one fully compromised path among k packets) = 1 - (1 - alpha)^k. */
export function compromisedAfter(alpha: number, packets: number): number {
  return -Math.expm1(packets * Math.log1p(-alpha));
}

/** Packets after which half of all users sent one over a fully compromised path. */
export function packetsUntilHalf(alpha: number): number {
  return Math.ceil(Math.log(0.5) / Math.log1p(-alpha));
}

/** Corrupt nodes among all, for paths that are built anew each round. */
export interface PredecessorSetting {
  readonly nodes: number;
  readonly corrupt: number;
}

/** P(first and last hop of a round are corrupt) = (c / n)^2. */
export function predecessorSeen({ nodes, corrupt }: PredecessorSetting): number {
  return (corrupt / nodes) ** 2;
}

/** Rounds until the true sender leads with high probability: about 8 (n / c)^2 ln n (Wright et al.). */
export function predecessorRounds({ nodes, corrupt }: PredecessorSetting): number {
  return 8 * (nodes / corrupt) ** 2 * Math.log(nodes);
}
