/**
 * How large a topology may be that a short file makes: a generator, or an importer that joins everybody with everybody.
 *
 * @module
 */

/** What is made. */
export interface GeneratedSize {
  readonly nodes: number;
  readonly links: number;
}

/** Twice the largest list of nodes; and what a machine with 8 GB builds in half a minute. */
const LARGEST: GeneratedSize = { nodes: 200_000, links: 300_000 };

/** Says what is too many; undefined when nothing is. */
export function tooLarge(size: GeneratedSize): string | undefined {
  for (const what of ['nodes', 'links'] as const) {
    if (size[what] > LARGEST[what]) {
      return `makes ${size[what]} ${what}, the limit is ${LARGEST[what]}`;
    }
  }
  return undefined;
}
