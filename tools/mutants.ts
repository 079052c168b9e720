/**
 * `npm run mutants [-- --only R-NNN] [--sample N]`: plants each defect that docs/requirements.yaml names in a copy of the
 * last commit, and says which ones the tests of their requirement do not find.
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
import { close } from './checks.ts';
import { finderOf } from './mutants/planting.ts';
import { FOUND_DEFECTS, type FoundDefect, readFound } from './requirements/found-defects.ts';
import { type Requirement, readRequirements } from './requirements/requirement-list.ts';
import { currentCommit } from './requirements/source-state.ts';
import { filesByRequirement } from './requirements/test-titles.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BAD_ARGUMENT = 2;
const HELP = `npm run mutants [-- OPTIONS]: plants the defects of docs/requirements.yaml in a copy of the last
commit; the tests of the requirement must find each

  --only R-NNN  the defects of this requirement; may be repeated
  --sample N    N of them, others for each commit
`;

type Defect = Pick<FoundDefect, 'id' | 'text' | 'becomes'>;
/** A defect and its requirement. */
type Planned = Defect & { readonly row: Requirement };

/** Undefined if the options are wrong or the help was asked for. */
function optionsOf(args: readonly string[]): { only: string[]; sample: number } | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string', multiple: true, default: [] },
        sample: { type: 'string', default: 'Infinity' },
      },
    });
    const sample = Number(values.sample);
    return sample > 0 ? { only: values.only, sample } : undefined;
  } catch (error) {
    if (!args.includes('--help')) process.stderr.write(`${(error as Error).message}\n`);
    return undefined;
  }
}

/** In the order of a hash of the commit, so that each commit plants others first. */
function sampleOf(all: readonly Planned[], commit: string, size: number): readonly Planned[] {
  if (size >= all.length) return all;
  const key = (one: Planned): string =>
    createHash('sha256').update(`${commit} ${one.id} ${one.text}`).digest('hex');
  return [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1)).slice(0, size);
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
  const rows = readRequirements(join(ROOT, 'docs/requirements.yaml')).flatMap((one) => one.rows);
  const unknown = options.only.filter(
    (id) => !rows.some((row) => row.id === id && row.defects.length > 0),
  );
  if (unknown.length > 0) {
    process.stderr.write(`no defects: ${unknown.join(', ')}\n`);
    process.exitCode = BAD_ARGUMENT;
    return;
  }
  const wanted = rows
    .filter(({ id }) => options.only.length === 0 || options.only.includes(id))
    .flatMap((row) => row.defects.map((defect) => ({ id: row.id, ...defect, row })));
  const commit = currentCommit(ROOT);
  process.env['ORRERY_VECTORS'] ??= join(ROOT, '../shared/vectors');
  const root = copyOf(ROOT);
  const titles = filesByRequirement(root);
  const counts = { passed: 0, failed: 0 };
  try {
    for (const { row, ...defect } of sampleOf(wanted, commit, options.sample)) {
      const before = readFound(ROOT).find((one) => one.commit === commit && isSame(one, defect));
      const where = { root, titled: titles.get(row.id) ?? [] };
      const foundBy = before === undefined ? await finderOf(defect, row, where) : before.foundBy;
      record({ ...defect, commit, foundBy });
      counts[foundBy === null ? 'failed' : 'passed'] += 1;
      const { id, text, becomes } = defect;
      process.stdout.write(`${id}  ${text}  ->  ${becomes}\n  ${foundBy ?? 'SURVIVES'}\n`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  close(counts);
}

function isSame(a: Defect, b: Defect): boolean {
  return a.id === b.id && a.text === b.text && a.becomes === b.becomes;
}

function record(one: FoundDefect): void {
  const others = readFound(ROOT).filter((other) => !isSame(one, other));
  const path = join(ROOT, FOUND_DEFECTS);
  mkdirSync(join(ROOT, 'runs'), { recursive: true });
  writeFileSync(path, `${JSON.stringify([...others, one], undefined, 1)}\n`);
}

await main(process.argv.slice(2));
