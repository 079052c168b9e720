/**
 * Defective machines: published mistakes and attacks, for checks that must notice them.
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
 * Defects of a server, and attacks.
 * - `weights-on-masked`: weights are applied to masked inputs, and masks are removed by the sum of
 *   the weights, (Σm)(Σw) instead of Σmw, as an early release of OpenFL did it: the sum is noise.
 * - `two-survivor-lists`: tells half of the survivors that the victim is lost, to get both shares.
 * - `overlapping-lists`: tells everybody that the victim survived and is lost.
 */
export type ServerDouble =
  | SeedDouble
  | { readonly kind: 'weights-on-masked'; readonly weights: readonly number[] }
  | ServerAttack;

/** A server that asks for both shares of one client. */
export interface ServerAttack {
  readonly kind: 'two-survivor-lists' | 'overlapping-lists';
  readonly victim: number;
  /** Clients with unchecked lists that are told both. */
  readonly colluders?: readonly number[];
}

/** The defect of the seeds, if that is what a double has. */
export function seedDoubleOf(
  double: ClientDouble | ServerDouble | undefined,
): SeedDouble | undefined {
  return double?.kind === 'public-masks' || double?.kind === 'short-seeds' ? double : undefined;
}

/** The attack, if that is what a double is. */
export function attackOf(double: ServerDouble | undefined): ServerAttack | undefined {
  return double?.kind === 'two-survivor-lists' || double?.kind === 'overlapping-lists'
    ? double
    : undefined;
}
