/**
 * Defective machines: published mistakes, for checks that must notice them.
 *
 * @module
 */

/**
 * Defects of a client.
 * - `public-masks`: masks are drawn from the public numbers of the clients. The sum is right, and
 *   everybody can open every input.
 * - `short-seeds`: seeds have this many bits, as when a generator takes no more (32 in Flower's
 *   SecAgg+). The sum is right, and a pair mask falls to a search.
 * - `unchecked-lists`: the client does not ask whether the lists of survivors and lost overlap, and
 *   gives both shares of a client.
 */
export type ClientDouble = SeedDouble | { readonly kind: 'unchecked-lists' };

/** Defects of the seeds, which both machines must share so that masks cancel. */
export type SeedDouble =
  | { readonly kind: 'public-masks' }
  | { readonly kind: 'short-seeds'; readonly bits: number };

/**
 * Defects of a server.
 * - `weights-on-masked`: weights are applied to masked inputs, and masks are removed by the sum of
 *   the weights, (Σm)(Σw) instead of Σmw, as an early release of OpenFL did it: the sum is noise.
 */
export type ServerDouble =
  | SeedDouble
  | { readonly kind: 'weights-on-masked'; readonly weights: readonly number[] };

/** The defect of the seeds, if that is what a double has. */
export function seedDoubleOf(
  double: ClientDouble | ServerDouble | undefined,
): SeedDouble | undefined {
  return double?.kind === 'public-masks' || double?.kind === 'short-seeds' ? double : undefined;
}
