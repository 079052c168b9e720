/**
 * Defects that only faults show (hunted.yaml), which `npm run hunt` must find.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const defect = z.strictObject({
  /** What goes wrong, and which faults show it. */
  what: z.string().min(1),
  scenario: z.string().min(1),
  file: z.string().min(1),
  /** The text that `becomes` replaces; it occurs once in the file. */
  text: z.string().min(8),
  becomes: z.string(),
  /** For a defect that a tool outside this repository found: size of the smallest scenario with which it showed it. */
  outside: z.string().optional(),
});
/** A defect that only faults show. */
export type HuntedDefect = z.output<typeof defect>;

/** What `npm run hunt --json` prints, as far as it is read here. */
const report = z.object({
  breaks: z.array(
    z.object({
      kind: z.string(),
      place: z.string(),
      attempt: z.number(),
      /** Path of the scenario that shows the break. */
      file: z.string(),
      // Absent if no file shows the break again.
      faults: z.number().optional(),
      nodes: z.number().optional(),
    }),
  ),
});

/** What `npm run scenario --json` prints, as far as it is read here. */
const verdict = z.object({
  invariants: z.array(z.object({ name: z.string(), pass: z.boolean() })),
  kpis: z.array(z.object({ pass: z.boolean() })),
});
/** Fails where a file is so small that it sends nothing after its warm-up, which is no break. */
const SENDS_ANYTHING = 'packets received';

/** True if a run broke nothing. */
export function isSound({ code, text }: Ended): boolean {
  if (code !== 0 && code !== 1) return false;
  const { invariants, kpis } = verdict.parse(JSON.parse(text));
  const failed = invariants.filter(({ name, pass }) => !pass && name !== SENDS_ANYTHING);
  return failed.length === 0 && kpis.every(({ pass }) => pass);
}

/** Reads the list. */
export function readHuntedDefects(root: string): readonly HuntedDefect[] {
  const path = join(root, 'tools/mutants/hunted.yaml');
  return z.array(defect).parse(parse(readFileSync(path, 'utf8')));
}

/**
 * Plants the defect in the copy at `root`, hunts, and mends it. A break that the sound program shows
 * too does not count.
 * @param flags Flags of the hunt.
 * @returns text that says what broke, in which attempt, and the size of the shrunk scenario; null if nothing broke.
 */
export async function huntPlantedDefect(
  { scenario, file, text, becomes, outside }: HuntedDefect,
  root: string,
  flags: readonly string[],
): Promise<string | null> {
  const path = join(root, file);
  const sound = readFileSync(path, 'utf8');
  if (sound.split(text).length !== 2) throw new Error(`not once in ${file}: ${text}`);
  const out = mkdtempSync(join(tmpdir(), 'orrery-hunted-'));
  writeFileSync(
    path,
    sound.replace(text, () => becomes),
  );
  try {
    const words = ['hunt', scenario, '--fresh', '--json', '--out', out, ...flags];
    const { text: printed, code } = await orrery(root, words);
    if (code !== 0 && code !== 1) throw new Error(`hunt ended with ${code}`);
    const [found] = report.parse(JSON.parse(printed)).breaks;
    if (found === undefined) return null;
    writeFileSync(path, sound);
    const again = ['scenario', found.file, '--json', '--out', out];
    if (!isSound(await orrery(root, again))) {
      process.stderr.write(`  attempt ${found.attempt} breaks the sound program, too: `);
      process.stderr.write(`${found.kind} ${found.place}\n${readFileSync(found.file, 'utf8')}`);
      return null;
    }
    const { faults, nodes = 0 } = found;
    const size = faults === undefined ? 'not shrunk' : `${faults} faults and ${nodes} nodes left`;
    const beside = outside === undefined ? '' : ` (from outside: ${outside})`;
    return `${found.kind} ${found.place} in attempt ${found.attempt}, ${size}${beside}`;
  } finally {
    writeFileSync(path, sound);
    rmSync(out, { recursive: true, force: true });
  }
}

/** How a command ended, and what it printed. */
interface Ended {
  readonly text: string;
  readonly code: number | null;
}

/** Runs a command of the copy at `cwd`. */
function orrery(cwd: string, words: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const args = ['cli/start.mjs', ...words];
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.on('data', (part) => {
      text += String(part);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ text, code }));
  });
}
