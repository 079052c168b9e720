/**
 * Poisson sampling: each client joins a round with a fixed probability, independent of all others.
 * The accounts of this folder assume it. A round of fixed size is not Poisson-sampled, even if the
 * clients are drawn at random.
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';

/**
 * The clients that join, ascending. An empty round is a round: it adds noise and counts as a step.
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
