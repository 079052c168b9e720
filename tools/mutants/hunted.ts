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
  /**
   * For a defect that a tool outside this repository found: size of the smallest scenario with which that tool showed
   * the defect.
   */
  outside: z.string().optional(),
  /** True if processes must show it in real time, too. */
  live: z.boolean().optional(),
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

/** What `npm run hunt --live --json` prints, as far as it is read here. */
const liveReport = z.object({
  attempts: z.number(),
  breaks: z.array(
    z.object({ kind: z.string(), place: z.string(), isRepeated: z.boolean(), file: z.string() }),
  ),
});

/** What `npm run scenario --json` prints, as far as it is read here. */
const verdict = z.object({
  invariants: z.array(z.object({ name: z.string(), pass: z.boolean() })),
  kpis: z.array(z.object({ pass: z.boolean() })),
});
/**
 * Name of the invariant that fails if a file is so small that it sends nothing after its warm-up; that is no break.
 */
const SENDS_ANYTHING = 'packets received';

/** True if a run broke nothing. */
export function isSound({ code, text }: Ended): boolean {
  if (code !== 0 && code !== 1) return false;
  const { invariants, kpis } = verdict.parse(JSON.parse(text));
  const failed = invariants.filter(({ name, pass }) => !pass && name !== SENDS_ANYTHING);
  return failed.length === 0 && kpis.every(({ pass }) => pass);
}

/** Reads the list of defects that only faults show (hunted.yaml). */
export function readHuntedDefects(root: string): readonly HuntedDefect[] {
  const path = join(root, 'tools/mutants/hunted.yaml');
  return z.array(defect).parse(parse(readFileSync(path, 'utf8')));
}

/**
 * Plants the defect in the copy at `root`, hunts, and mends it. A break that the sound program shows
 * too does not count.
 * @param flags Flags of the hunt.
 * @returns text that says what broke, in which attempt, and the size of the shrunk scenario; null if nothing broke, or
 * if the defect must also show live and did not.
 */
export async function huntPlantedDefect(
  { scenario, file, text, becomes, outside, live }: HuntedDefect,
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
    const where = { root, out };
    const lived = live === true ? await huntLive(where, ['hunt', scenario, ...flags]) : undefined;
    if (live === true && lived === undefined) return null;
    writeFileSync(path, sound);
    if (!(await passesSound(where, ['scenario', found.file]))) return null;
    if (lived !== undefined && !(await passesSound(where, ['live', lived.file, '--processes']))) {
      return null;
    }
    const { faults, nodes = 0 } = found;
    const size = faults === undefined ? 'not shrunk' : `${faults} faults and ${nodes} nodes left`;
    const beside = outside === undefined ? '' : ` (from outside: ${outside})`;
    const alive = lived === undefined ? '' : `; as processes: ${lived.text}`;
    return `${found.kind} ${found.place} in attempt ${found.attempt}, ${size}${beside}${alive}`;
  } finally {
    writeFileSync(path, sound);
    rmSync(out, { recursive: true, force: true });
  }
}

/** The copy that is hunted, and the folder of its runs. */
interface Where {
  readonly root: string;
  readonly out: string;
}

/**
 * Repeats the attempts that the hunt in virtual time kept, with nodes as processes in real time. @returns undefined if
 * nothing broke twice.
 */
async function huntLive(
  { root, out }: Where,
  hunt: readonly string[],
): Promise<{ readonly text: string; readonly file: string } | undefined> {
  const words = [...hunt, '--live', '--json', '--out', out];
  const { text: printed, code } = await orrery(root, words);
  if (code !== 0 && code !== 1) throw new Error(`live hunt ended with ${code}`);
  const { attempts, breaks } = liveReport.parse(JSON.parse(printed));
  const found = breaks.find(({ isRepeated }) => isRepeated);
  if (found === undefined) return undefined;
  return { text: `${found.kind} ${found.place}, ${attempts} attempts`, file: found.file };
}

/** True if the sound program passes the file of a break; otherwise prints that it does not, and returns false. */
async function passesSound({ root, out }: Where, run: readonly string[]): Promise<boolean> {
  if (isSound(await orrery(root, [...run, '--json', '--out', out]))) return true;
  const [, file = ''] = run;
  process.stderr.write(`  the sound program breaks, too:\n${readFileSync(file, 'utf8')}`);
  return false;
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
