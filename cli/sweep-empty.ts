/**
 * Prints that a part of a sweep (`--shard`) has no combination. Batch systems run every part, so an
 * empty part is not a mistake; it has no verdict.
 *
 * @module
 */
import { oneLine } from '../reports/plain-text.ts';
import { RESULTS_FILE_NAME } from '../runner/sweep/results-file.ts';
import type { Shard } from '../runner/sweep/shard.ts';
import type { Scenario } from '../scenarios/model.ts';
import { repeatCommand } from '../scenarios/repeat-command.ts';
import type { RunFlags } from './run-flags.ts';
import type { RunFolder } from './run-folder.ts';

/**
 * Prints that the part of a sweep that `--shard` names has no combination. Its results.ndjson has only the header
 * line; `merge` accepts such a file.
 */
export function printEmptyShard(
  { name, question, file }: Scenario,
  { index, count }: Shard,
  how: {
    readonly flags: RunFlags;
    readonly place: Pick<RunFolder, 'folder'>;
    readonly seeds: readonly number[];
  },
): void {
  const { flags, place, seeds } = how;
  const empty = `part ${index} of ${count} has no combination`;
  if (flags.json === true) {
    const reproduce = repeatCommand('sweep', file, flags);
    const document = { name, question, seeds, rows: [], reproduce, empty };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return;
  }
  process.stdout.write(`EMPTY  ${oneLine(name)}   ${empty}\n`);
  if (flags.quiet !== true) process.stdout.write(`\n  ${place.folder}/  ${RESULTS_FILE_NAME}\n`);
}
