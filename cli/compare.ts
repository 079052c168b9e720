/**
 * `orrery compare [A B]`: compares two reports, paired by seed. Without A and B it compares the last two runs
 * of the scenario that ran last.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { compareReports } from '../reports/compare.ts';
import { comparisonExitCode, renderComparison } from '../reports/compare-text.ts';
import type { Report } from '../reports/report-schema.ts';
import { FlagError, setExitCode } from './exit.ts';
import { addFlagOptions } from './flags.ts';
import { findLastTwoRuns } from './last-runs.ts';
import { readReportFile } from './report-file.ts';
import { terminalOptions } from './terminal.ts';

/** Adds the command `orrery compare` to the program. */
export function addCompareCommand(program: Command): void {
  addFlagOptions<CompareFlags>(program.command('compare'), {
    json: new Option('--json', 'print the comparison as JSON'),
    out: new Option('--out <dir>', 'folder that holds the runs').default('runs'),
  })
    .argument('[a]', 'report.json or folder of a run (default: the run before the last)')
    .argument('[b]', 'report.json or folder of a run (default: the last run)')
    .summary('compare two reports, paired by seed')
    .description(
      'Says for each KPI whether B is better than A, worse, the same, or undecided. ' +
        'Without ' +
        'A and B, it compares the last two runs of the scenario that ran last.',
    )
    .action((a: string | undefined, b: string | undefined, flags: CompareFlags) => {
      const { before, last } = chosen(a, b, flags.out);
      const candidate = read(last);
      const comparison = compareReports(read(before), candidate);
      const text =
        flags.json === true
          ? `${JSON.stringify(comparison, null, 2)}\n`
          : renderComparison({ comparison, candidate }, terminalOptions(undefined));
      if (flags.json !== true) process.stdout.write(`before  ${before}\nafter   ${last}\n\n`);
      process.stdout.write(text);
      setExitCode(comparisonExitCode(comparison));
    });
}

interface CompareFlags {
  readonly json?: boolean;
  readonly out: string;
}

function chosen(
  a: string | undefined,
  b: string | undefined,
  out: string,
): ReturnType<typeof findLastTwoRuns> {
  if (a === undefined) return findLastTwoRuns(out);
  if (b !== undefined) return { before: a, last: b };
  const hint = 'give two, or none to compare the last two runs';
  throw new FlagError(`compare: ${a} needs a second report to compare with`, a, hint);
}

/** Reads a report from its file or its folder. */
function read(path: string): Report {
  const file = path.endsWith('.json') ? path : `${path}/report.json`;
  const hint = 'give a report.json or the folder of a run';
  return readReportFile(file, { found: path, what: '', hint });
}
