/**
 * Limits the size of a topology that a short file describes: by a generator, or by an importer that links
 * all nodes with each other.
 *
 * @module
 */
import type { GeneratedSize } from '../../engine/host/generator.ts';

/** Twice the longest permitted list of nodes; a machine with 8 GB builds it in half a minute. */
const LARGEST: GeneratedSize = { nodes: 200_000, links: 300_000 };

/** Says what exceeds the limits; undefined when nothing does. */
export function generatedSizeMistake(size: GeneratedSize): string | undefined {
  for (const what of ['nodes', 'links'] as const) {
    if (size[what] > LARGEST[what]) {
      return `makes ${size[what]} ${what}, the limit is ${LARGEST[what]}`;
    }
  }
  return undefined;
}
