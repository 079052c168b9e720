/**
 * `npm run nightly [-- --only NAME] [--fresh] [--list]`: runs everything that takes too long to run
 * for each change, and records each finished row in docs/nightly.json with date and commit.
 *
 * After an interruption, it continues with the missing rows of its round. When a round is complete,
 * the next call starts a new one. `npm run requirements` uses only the last round.
 *
 * @module
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type NightlyEntry, nightlyList, rowsToRun } from './nightly/nightly-list.ts';
import { nightlyEntryFolder, runEntry } from './nightly/run-entry.ts';
import { NIGHTLY_TABLE_PATH } from './requirements/last-run.ts';
import { type NightlyTable, readNightly, saveNightlyRow } from './requirements/nightly-table.ts';
import { currentCommit } from './requirements/source-state.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TABLE = join(ROOT, NIGHTLY_TABLE_PATH);
const BAD_ARGUMENT = 2;
const INTERRUPTED = 130;

const HELP = `npm run nightly [-- OPTIONS]: what takes too long for each change, recorded in
docs/nightly.json

  --only NAME   this row; may be repeated
  --fresh       begin a new round
  --list        list the rows with their last results
`;

interface Options {
  readonly only: readonly string[];
  readonly fresh: boolean;
  readonly list: boolean;
}

/** Reads the options; undefined if they are wrong or the help was asked for. */
function optionsOf(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true, default: [] },
        fresh: { type: 'boolean', default: false },
        list: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    if (!args.includes('--help')) say(`${(error as Error).message}\n`);
    return undefined;
  }
}

async function main(args: readonly string[]): Promise<number> {
  const values = optionsOf(args);
  if (values === undefined) {
    process.stdout.write(HELP);
    return args.includes('--help') ? 0 : BAD_ARGUMENT;
  }
  const list = nightlyList(join(ROOT, 'scenarios'));
  const table = readNightly(TABLE);
  const done = doneIn(table);
  if (values.list) {
    for (const entry of list) say(lineOf(entry, table));
    return 0;
  }
  const isComplete = list.every(({ name }) => done.has(name));
  const isNew = values.fresh || table.round === '' || (isComplete && values.only.length === 0);
  const round = isNew ? new Date().toISOString() : table.round;
  const rows = rowsToRun(list, { only: values.only, done: isNew ? new Set() : done });
  const commit = currentCommit(ROOT);
  say(`nightly of ${round.slice(0, 16)}, commit ${commit}: ${rows.length} of ${list.length} rows`);
  if (!/^[0-9a-f]+$/.test(commit)) say('no commit holds these files: the results will not count');
  return await runAll(rows, round);
}

async function runAll(rows: readonly NightlyEntry[], round: string): Promise<number> {
  let failed = 0;
  for (const [index, entry] of rows.entries()) {
    const before = readNightly(TABLE).rows[entry.name]?.seconds;
    const usual = before === undefined ? '' : `, ${before} s last time`;
    say(`[${index + 1}/${rows.length}] npm run ${entry.args.join(' ')}${usual}`);
    const stop = tick(before);
    const row = await runEntry(entry, { root: ROOT, round });
    stop();
    if (row === undefined) {
      say('interrupted; npm run nightly goes on from here');
      return INTERRUPTED;
    }
    saveNightlyRow(TABLE, entry.name, row);
    if (!row.isPassed) failed += 1;
    const log = row.isPassed ? '' : `  ${nightlyEntryFolder(entry.name)}/log.txt`;
    say(`  ${row.isPassed ? 'ok' : 'FAILED'}  ${entry.name}  ${row.seconds} s${log}`);
  }
  say(`\n${rows.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Shows the elapsed seconds on one line, but only on a terminal. */
function tick(usual: number | undefined): () => void {
  if (!process.stdout.isTTY) return () => undefined;
  const startedAt = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    const of = usual === undefined ? '' : ` of about ${usual}`;
    process.stdout.write(`\r  ${seconds}${of} s `);
  }, 1_000);
  return () => {
    clearInterval(timer);
    process.stdout.write('\r');
  };
}

function doneIn({ round, rows }: NightlyTable): ReadonlySet<string> {
  return new Set(Object.keys(rows).filter((name) => rows[name]?.round === round));
}

function lineOf({ name, args }: NightlyEntry, { round, rows }: NightlyTable): string {
  const row = rows[name];
  const command = `npm run ${args.join(' ')}`;
  if (row === undefined) return `never ran  ${name.padEnd(24)} ${command}`;
  const state = row.round === round ? (row.isPassed ? 'passed' : 'FAILED') : 'earlier';
  const when = `${row.at.slice(0, 10)} ${row.commit}, ${row.seconds} s`;
  return `${state.padEnd(9)}  ${name.padEnd(24)} ${when.padEnd(28)} ${command}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main(process.argv.slice(2));
