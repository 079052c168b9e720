/**
 * `orrery compare A B`: compares two reports, paired by seed.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { compareReports } from '../reports/compare.ts';
import { comparisonExitCode, renderComparison } from '../reports/compare-text.ts';
import { readReport } from '../reports/json.ts';
import type { Report } from '../reports/report-schema.ts';
import { exitWith, FlagError } from './exit.ts';
import { terminalOptions } from './terminal.ts';

/** Adds the command. */
export function addCompare(program: Command): void {
  program
    .command('compare')
    .argument('<a>', 'report.json, or the folder of a run')
    .argument('<b>', 'report.json, or the folder of a run')
    .summary('compare two reports, paired by seed')
    .description('Says for each KPI whether B is better than A, worse, the same, or undecided.')
    .option('--json', 'print the comparison as JSON')
    .action((a: string, b: string, flags: { readonly json?: boolean }) => {
      const candidate = read(b);
      const comparison = compareReports(read(a), candidate);
      const text =
        flags.json === true
          ? `${JSON.stringify(comparison, null, 2)}\n`
          : renderComparison({ comparison, candidate }, terminalOptions(undefined));
      process.stdout.write(text);
      exitWith(comparisonExitCode(comparison));
    });
}

/** Reads a report from its file or its folder. */
function read(path: string): Report {
  const file = path.endsWith('.json') ? path : `${path}/report.json`;
  if (!existsSync(file)) {
    throw new FlagError(`${file} not found`, path, 'give a report.json or the folder of a run');
  }
  const result = readReport(readFileSync(file, 'utf8'));
  if ('report' in result) return result.report;
  throw new FlagError(`${file}: ${result.message}`, path, 'give a report.json of this version');
}
