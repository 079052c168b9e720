/**
 * Tells which files a run has written.
 *
 * @module
 */
import type { RunLibraryState } from './library.ts';

/**
 * Names of the files in the folder of a run on the server. Undefined for a run without a card, and
 * until the list of runs has been loaded.
 */
export function fileNamesOfRun(id: string, state: RunLibraryState): readonly string[] | undefined {
  if (state.kind === 'loading') return undefined;
  const card = state.cards.find((one) => one.id === id);
  if (card?.kind !== 'run' || card.writtenMs === undefined) return undefined;
  return [...card.files, 'report.json', ...(card.traceBytes > 0 ? ['trace.orr'] : [])];
}
