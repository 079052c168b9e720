/**
 * Poisson sampling: each client joins a round with a fixed probability, independent of all others.
 * The accounting of this folder assumes it. A round of fixed size is not Poisson-sampled, even if
 * the clients are drawn at random.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';

/**
 * Draws the clients that join a round, ascending. A round without clients counts too: it adds noise
 * and is a step of the accounting.
 * @param round `rate` in [0, 1].
 */
export function drawPoissonSample(
  random: Random,
  round: { readonly clients: number; readonly rate: number },
): readonly number[] {
  const joined: number[] = [];
  for (let client = 0; client < round.clients; client += 1) {
    if (random.chance(round.rate)) joined.push(client);
  }
  return joined;
}
