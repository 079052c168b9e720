/**
 * The generators' own random stream: the same seed gives the same topology, independent of other
 * draws.
 *
 * @module
 */
import seedrandom from 'seedrandom';

/** Draws a whole number from 0 to `below` - 1. */
export type DrawBelow = (below: number) => number;

/**
 * @param purpose Separates the streams of different generators.
 * @param seed From the file.
 */
export function seededRandom(purpose: string, seed: number): DrawBelow {
  const generator = seedrandom(`topology/${purpose}/${seed}`);
  return (below) => Math.floor(generator() * below);
}
