/**
 * `results.ndjson`: one line a run of a sweep, written as it ends, so that a sweep that was killed loses no
 * run. The first line says what the sweep is; a last line without its end is dropped.
 *
 * @module
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fdatasyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { Refusal } from '../refusal.ts';
import type { Parameters } from './identity.ts';

/** Name of the file in the folder of a sweep. */
export const RESULTS = 'results.ndjson';

const VERSION = 1;
/** Seeds of a combination at most, as in scenario files and flags. */
const SEEDS_MAX = 10_000;

/** What all lines of a file have in common. */
export interface SweepHead {
  readonly orrery: 'sweep';
  readonly version: number;
  /** Of the scenario. */
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly commit: string;
  /** Flags of the command: values that are set, and the seeds of a combination. */
  readonly set: Parameters;
  readonly seeds: readonly number[];
  /** Most seeds of a combination whose interval straddles a limit; absent: those of `seeds` only. */
  readonly adaptive?: number;
  /** The part that was dealt to this file, `2/4`; absent: all. */
  readonly shard?: string;
}

/** One run. */
export interface RunLine {
  readonly id: string;
  readonly parameters: Parameters;
  readonly seed: number;
  readonly fingerprint: string;
  /** Value of each KPI in base units, by its name; of this seed alone. */
  readonly values: Readonly<Record<string, number | null>>;
  /** The result, packed (packed-result.ts). */
  readonly result: string;
}

/** The head of a sweep. */
export function sweepHead(facts: Omit<SweepHead, 'orrery' | 'version'>): SweepHead {
  return { orrery: 'sweep', version: VERSION, ...facts };
}

/** What a file holds. */
export interface KnownResults {
  readonly head: SweepHead;
  readonly lines: readonly RunLine[];
  /** Bytes up to the end of the last whole line. */
  readonly bytes: number;
}

/**
 * Reads a file.
 * @returns undefined if there is none, or one without a whole first line.
 * @throws Refusal naming a line that is none of ours.
 */
export function readResults(path: string): KnownResults | undefined {
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  const end = bytes.lastIndexOf('\n') + 1;
  const texts = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  const [first, ...rest] = texts;
  if (first === undefined) return undefined;
  const head = parse(first);
  if (!isHead(head)) throw new Refusal(`${path}:1 is no sweep of this version`);
  refuseSeeds(path, head);
  const lines = rest.map((text, index) => {
    const line = parse(text);
    if (!isRun(line)) throw new Refusal(`${path}:${index + 2} is no run of a sweep`);
    return line;
  });
  return { head, lines, bytes: end };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is SweepHead {
  const head = value as Partial<SweepHead> | null | undefined;
  return (
    head?.orrery === 'sweep' &&
    head.version === VERSION &&
    [head.name, head.file, head.sha256, head.commit].every((one) => typeof one === 'string') &&
    isTexts(head.set) &&
    Array.isArray(head.seeds)
  );
}

/** Without seeds nothing would run, and nothing would be missed. */
function refuseSeeds(path: string, { seeds, adaptive = 1 }: SweepHead): void {
  if (!isAmount(seeds.length)) {
    throw new Refusal(`${path}:1 has ${seeds.length} seeds: 1 to ${SEEDS_MAX} are allowed`);
  }
  for (const [index, seed] of seeds.entries()) {
    const isSeed = Number.isSafeInteger(seed) && seed >= 0;
    if (isSeed && seeds.indexOf(seed) === index) continue;
    const why = isSeed ? 'is there twice' : 'is no whole number from 0';
    throw new Refusal(`${path}:1 has the seed ${JSON.stringify(seed)}, which ${why}`);
  }
  if (isAmount(adaptive)) return;
  throw new Refusal(
    `${path}:1 has adaptive: ${JSON.stringify(adaptive)}, 1 to ${SEEDS_MAX} is allowed`,
  );
}

function isAmount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 1 && value <= SEEDS_MAX;
}

function isRun(value: unknown): value is RunLine {
  const line = value as Partial<RunLine> | null | undefined;
  return (
    [line?.id, line?.fingerprint, line?.result].every((one) => typeof one === 'string') &&
    Number.isSafeInteger(line?.seed) &&
    isTexts(line?.parameters) &&
    typeof line?.values === 'object'
  );
}

function isTexts(value: unknown): value is Parameters {
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).every((one) => typeof one === 'string');
}

/** A file that runs are added to. */
export class ResultsFile {
  readonly #file: number;

  /**
   * Opens a new file, or one to go on with.
   * @param known What it holds; a broken last line is cut off.
   */
  constructor(path: string, head: SweepHead, known?: KnownResults) {
    if (known === undefined) appendFileSync(path, `${JSON.stringify(head)}\n`, { flag: 'w' });
    this.#file = openSync(path, 'r+');
    if (known !== undefined) ftruncateSync(this.#file, known.bytes);
    this.#at = known?.bytes ?? Buffer.byteLength(`${JSON.stringify(head)}\n`);
  }

  #at: number;

  /** Adds a run; it is on the disk when this returns. */
  add(line: RunLine): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.#file, bytes, done, bytes.length - done, this.#at + done);
    }
    this.#at += bytes.length;
    fdatasyncSync(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}
