/**
 * How large a topology from a short file may be: from a generator, or an importer that links
 * everything with everything.
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
