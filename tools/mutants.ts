/**
 * `npm run mutants [-- --only R-NNN] [--everywhere | --hunted] [--sample N] [--record]`: plants each defect that docs/requirements.yaml names in
 * a copy of the last commit, and prints those that the tests of their requirement do not find.
 *
 * After an interruption it goes on with what is left, as long as the commit is the same.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { printTotalsAndSetExitCode } from './checks.ts';
import { findFailingTestAnywhere, readDefectsEverywhere } from './mutants/everywhere.ts';
import { huntPlantedDefect, readHuntedDefects } from './mutants/hunted.ts';
import { findFailingTest } from './mutants/planting.ts';
import {
  FOUND_DEFECTS_PATH,
  FOUND_EVERYWHERE_PATH,
  FOUND_HUNTED_PATH,
  FOUND_UNGUIDED_PATH,
  type FoundDefect,
  readFoundDefects,
} from './requirements/found-defects.ts';
import { NIGHTLY_TABLE_PATH } from './requirements/last-run.ts';
import { readNightly, saveNightlyRow } from './requirements/nightly-table.ts';
import { readRequirements } from './requirements/requirement-list.ts';
import { currentCommit } from './requirements/source-state.ts';
import { filesByRequirement } from './requirements/test-titles.ts';
import { machineSlowness } from './slowness.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BAD_ARGUMENT = 2;
/** Time for each hunt on a machine of the usual pace, s; a slower one takes longer. */
const HUNT_S = 120;
/** Number of defects of requirements planted at a time, each in its own copy: one test file mostly uses one core. */
const COPIES = 2;
/** One of this many defects is hunted unguided. */
const UNGUIDED_EACH = 4;
const HELP = `npm run mutants [-- OPTIONS]: plants the defects of docs/requirements.yaml in a copy of the last
commit; the tests of the requirement must find each

  --only R-NNN  the defects of this requirement; may be repeated
  --everywhere  those of tools/mutants/everywhere.yaml instead, which npm test must find; hours
  --hunted      those of tools/mutants/hunted.yaml instead, which npm run hunt must find; an hour
  --unguided    with --hunted: every fourth, by attempts that are drawn with all kinds of faults, to compare
  --sample N    those that docs/nightly.json does not have yet, and N more, others for each commit
  --record      writes what was found to docs/nightly.json: CI plants these defects no more each time
`;

type Defect = Pick<FoundDefect, 'id' | 'text' | 'becomes'>;
/** A defect, and how to find it in the copy at `root`. */
type Planned = Defect & { readonly find: (root: string) => Promise<string | null> };
interface Options {
  readonly only: readonly string[];
  readonly isEverywhere: boolean;
  readonly isHunted: boolean;
  readonly isUnguided: boolean;
  readonly isRecorded: boolean;
  readonly sample: number;
}

/** Reads the options; undefined if they are wrong or the help was asked for. */
function optionsOf(args: readonly string[]): Options | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true, default: [] },
        everywhere: { type: 'boolean', default: false },
        hunted: { type: 'boolean', default: false },
        unguided: { type: 'boolean', default: false },
        record: { type: 'boolean', default: false },
        sample: { type: 'string', default: 'Infinity' },
      },
    });
    const { only, everywhere: isEverywhere, hunted: isHunted, unguided: isUnguided } = values;
    const { record: isRecorded } = values;
    const sample = Number(values.sample);
    const lists = [only.length > 0, isEverywhere, isHunted].filter((is) => is).length;
    const isGood = sample > 0 && lists <= 1 && !(isRecorded && (isEverywhere || isHunted));
    return isGood ? { only, isEverywhere, isHunted, isUnguided, isRecorded, sample } : undefined;
  } catch (error) {
    if (!args.includes('--help')) process.stderr.write(`${(error as Error).message}\n`);
    return undefined;
  }
}

/**
 * All defects that no nightly has planted yet, because they are new or their text has changed; then `size` of the
 * others, in an order that depends on a hash of the commit, so that each commit plants different ones.
 */
function sampleOf(all: readonly Planned[], commit: string, size: number): readonly Planned[] {
  if (size >= all.length) return all;
  const known = readNightly(join(ROOT, NIGHTLY_TABLE_PATH)).rows['mutants']?.defects ?? [];
  const isKnown = (one: Planned): boolean => known.some((other) => isSame(other, one));
  const key = (one: Planned): string =>
    createHash('sha256').update(`${commit} ${one.id} ${one.text}`).digest('hex');
  const rest = all.filter(isKnown).sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return [...all.filter((one) => !isKnown(one)), ...rest.slice(0, size)];
}

/**
 * Puts the planted defects that were found into the row of the nightly, each with its own commit; those that no
 * requirement names any more leave it.
 */
function recordInNightly(planted: readonly Planned[], commit: string): void {
  const path = join(ROOT, NIGHTLY_TABLE_PATH);
  const row = readNightly(path).rows['mutants'];
  if (row === undefined) throw new Error(`${NIGHTLY_TABLE_PATH} has no row of mutants yet`);
  const found = readFoundDefects(ROOT).filter(
    (one) => one.commit === commit && one.foundBy !== null,
  );
  const others = (row.defects ?? []).filter((one) => !found.some((other) => isSame(one, other)));
  const defects = [...others, ...found]
    .filter((one) => planted.some((other) => isSame(one, other)))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  saveNightlyRow(path, 'mutants', { ...row, defects });
}

/** A copy of the last commit, which shares the installed packages. */
function copyOf(root: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'orrery-mutants-'));
  execFileSync('git', ['clone', '--quiet', '--shared', root, copy]);
  mkdirSync(join(copy, 'node_modules'));
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name === '.cache' || name.startsWith('.vite')) continue;
    symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name));
  }
  mkdirSync(join(copy, 'node_modules/.cache'));
  return copy;
}

async function main(args: readonly string[]): Promise<void> {
  const options = optionsOf(args);
  if (options === undefined) {
    process.stdout.write(HELP);
    process.exitCode = args.includes('--help') ? 0 : BAD_ARGUMENT;
    return;
  }
  const planned = plannedFor(options);
  const unknown = options.only.filter((id) => !planned.some((one) => one.id === id));
  if (unknown.length > 0) {
    process.stderr.write(`no defects: ${unknown.join(', ')}\n`);
    process.exitCode = BAD_ARGUMENT;
    return;
  }
  const file = fileFor(options);
  const commit = currentCommit(ROOT);
  process.env['ORRERY_VECTORS'] ??= join(ROOT, '../shared/vectors');
  const counts = { passed: 0, failed: 0 };
  const left = [...sampleOf(planned, commit, options.sample)];
  // Hunts and the tests of whole folders use all cores.
  const copies = options.isHunted || options.isEverywhere ? 1 : COPIES;
  const roots = Array.from({ length: copies }, () => copyOf(ROOT));
  const plantNext = async (root: string): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const foundBy = await plant(one, { root, file, commit });
      counts[foundBy === null ? 'failed' : 'passed'] += 1;
    }
  };
  try {
    await Promise.all(roots.map(plantNext));
  } finally {
    for (const root of roots) rmSync(root, { recursive: true, force: true });
  }
  if (options.isRecorded) recordInNightly(plannedBy([]), commit);
  printTotalsAndSetExitCode(counts);
}

/** Plants a defect in the copy at `root`, unless that was done for this commit, and records what found it. */
async function plant(
  { find, ...defect }: Planned,
  { root, file, commit }: { readonly root: string; readonly file: string; readonly commit: string },
): Promise<string | null> {
  const before = readFoundDefects(ROOT, file).find(
    (one) => one.commit === commit && isSame(one, defect),
  );
  const began = Date.now();
  const foundBy = before === undefined ? await find(root) : before.foundBy;
  const seconds = Math.round((Date.now() - began) / 1000);
  record(file, { ...defect, commit, foundBy });
  const { id, text, becomes } = defect;
  process.stdout.write(`${id}  ${text}  ->  ${becomes}\n`);
  process.stdout.write(`  ${foundBy ?? 'SURVIVES'}  ${seconds} s\n`);
  return foundBy;
}

/** The defects of these requirements; of all if none is named. */
function plannedBy(only: readonly string[]): readonly Planned[] {
  const rows = readRequirements(join(ROOT, 'docs/requirements.yaml')).flatMap((one) => one.rows);
  const titledIn = (root: string, id: string): readonly string[] =>
    filesByRequirement(root).get(id) ?? [];
  return rows
    .filter(({ id }) => only.length === 0 || only.includes(id))
    .flatMap((row) =>
      row.defects.map((defect) => ({
        id: row.id,
        ...defect,
        find: (root) => findFailingTest(defect, row, { root, titled: titledIn(root, row.id) }),
      })),
    );
}

function plannedFor(options: Options): readonly Planned[] {
  if (options.isEverywhere) return plannedEverywhere();
  return options.isHunted ? plannedHunted(options) : plannedBy(options.only);
}

/** Path of the file to which results are written. */
function fileFor({ isEverywhere, isHunted, isUnguided }: Options): string {
  if (isHunted) return isUnguided ? FOUND_UNGUIDED_PATH : FOUND_HUNTED_PATH;
  return isEverywhere ? FOUND_EVERYWHERE_PATH : FOUND_DEFECTS_PATH;
}

function plannedHunted({ isUnguided }: Options): readonly Planned[] {
  const all = readHuntedDefects(ROOT).filter(
    (_, index) => !isUnguided || index % UNGUIDED_EACH === 0,
  );
  return all.map((defect) => ({
    ...{ id: 'hunted', text: defect.text, becomes: defect.becomes },
    find: (root): Promise<string | null> => {
      const budget = `${Math.round(HUNT_S * machineSlowness())}s`;
      const flags = ['--budget', budget, ...(isUnguided ? ['--unguided'] : [])];
      return huntPlantedDefect(defect, root, flags);
    },
  }));
}

function plannedEverywhere(): readonly Planned[] {
  return readDefectsEverywhere(ROOT).map(({ text, becomes }) => ({
    id: 'everywhere',
    text,
    becomes,
    find: (root) => findFailingTestAnywhere({ text, becomes }, root),
  }));
}

function isSame(a: Defect, b: Defect): boolean {
  return a.id === b.id && a.text === b.text && a.becomes === b.becomes;
}

function record(file: string, one: FoundDefect): void {
  const others = readFoundDefects(ROOT, file).filter((other) => !isSame(one, other));
  const path = join(ROOT, file);
  mkdirSync(join(ROOT, 'runs'), { recursive: true });
  writeFileSync(path, `${JSON.stringify([...others, one], undefined, 1)}\n`);
}

await main(process.argv.slice(2));
