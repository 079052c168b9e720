/**
 * The generators' own random stream: the same seed gives the same topology, independent of other
 * draws.
 *
 * @module
 */
import seedrandom from 'seedrandom';
import type { DrawBelow } from '../../engine/host/generator.ts';

/**
 * Makes a function that draws whole numbers below a bound; the same seed gives the same draws.
 * @param purpose Separates the streams of different generators.
 * @param seed From the file.
 */
export function seededRandom(purpose: string, seed: number): DrawBelow {
  const generator = seedrandom(`topology/${purpose}/${seed}`);
  return (below) => Math.floor(generator() * below);
}
