/**
 * `results.ndjson`: one line for each run of a sweep, written when the run ends, so that a killed sweep
 * loses no finished run. The first line is the header of the sweep; an incomplete last line is dropped.
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
  readSync,
  writeSync,
} from 'node:fs';
import { assert } from '../../engine/core/assert.ts';
import { type CombinationParameters, canonicalJson } from '../../scenarios/identity.ts';
import { refuseIrregularFile } from '../../scenarios/open/irregular-file.ts';
import { Refusal } from '../../scenarios/refusal.ts';

/** Name of the file with the results of all runs, in the folder of a sweep. */
export const RESULTS_FILE_NAME = 'results.ndjson';

const VERSION = 1;
const NEWLINE = 0x0a;
/** Number of bytes that are read at a time. */
const CHUNK_BYTES = 1024 * 1024;
/** Longest line that is read, bytes: the largest packed result and its parameters. */
const LINE_MAX = 32 * 1024 * 1024;
/** Largest number of seeds of a combination, as in scenario files and flags. */
const SEEDS_MAX = 10_000;

/** The header of a results file: the facts that all its lines share. */
export interface SweepHeader {
  readonly orrery: 'sweep';
  readonly version: number;
  /** Name of the scenario. */
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly commit: string;
  /** The flags of the command: values that are set in the file, and the seeds of each combination. */
  readonly set: CombinationParameters;
  readonly seeds: readonly number[];
  /**
   * Largest number of seeds of a combination whose interval contains a limit; absent if only `seeds`
   * are run.
   */
  readonly adaptive?: number;
  /** The part of the sweep in this file, such as `2/4`; absent for the whole sweep. */
  readonly shard?: string;
}

/** The line of one run in a results file. */
export interface ResultsFileRun {
  readonly id: string;
  readonly parameters: CombinationParameters;
  readonly seed: number;
  readonly fingerprint: string;
  /** Value of each KPI for this seed alone, in base units, by the name of the KPI. */
  readonly values: Readonly<Record<string, number | null>>;
  /** The result of the run, packed as text (packed-result.ts). */
  readonly result: string;
}

/** Makes the header of a results file. */
export function makeSweepHeader(facts: Omit<SweepHeader, 'orrery' | 'version'>): SweepHeader {
  return { orrery: 'sweep', version: VERSION, ...facts };
}

/** The content of a results file. */
export interface KnownResults {
  readonly head: SweepHeader;
  readonly lines: readonly ResultsFileRun[];
  /** Number of bytes up to the end of the last complete line. */
  readonly bytes: number;
}

/**
 * Reads a results file line by line, because a large file is longer than the longest string. Files may
 * have been joined by `cat`, so there may be several headers.
 * @returns undefined if there is no file, or if it has no complete first line.
 * @throws Refusal naming a line that no sweep has written.
 */
export function readResults(path: string): KnownResults | undefined {
  if (!existsSync(path)) return undefined;
  refuseIrregularFile(path);
  let head: SweepHeader | undefined;
  let [number, bytes] = [0, 0];
  const lines: ResultsFileRun[] = [];
  for (const text of linesOf(path)) {
    number += 1;
    bytes += text.length + 1;
    const value = parse(text.toString('utf8'));
    if (head === undefined) head = readHead(path, value);
    else if (isRun(value)) lines.push(runOf(value));
    else if (isHead(value)) refuseOtherHead(`${path}:${number}`, { head, value });
    else throw new Refusal(`${path}:${number} is no run of a sweep`);
  }
  return head === undefined ? undefined : { head, lines, bytes };
}

/**
 * The complete lines of a file, without their newlines.
 * @throws Refusal naming a line that is too long.
 */
function* linesOf(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    let rest: Buffer[] = [];
    let [number, length] = [1, 0];
    for (let got = readSync(file, chunk); got > 0; got = readSync(file, chunk)) {
      let from = 0;
      for (let end = chunk.indexOf(NEWLINE); end >= 0 && end < got; ) {
        yield Buffer.concat([...rest, chunk.subarray(from, end)]);
        from = end + 1;
        [rest, number, length] = [[], number + 1, 0];
        end = chunk.indexOf(NEWLINE, from);
      }
      // The part is copied, because the chunk is overwritten.
      rest.push(Buffer.from(chunk.subarray(from, got)));
      length += got - from;
      if (length > LINE_MAX)
        throw new Refusal(`${path}:${number} is longer than any run of a sweep`);
    }
  } finally {
    closeSync(file);
  }
}

function readHead(path: string, value: unknown): SweepHeader {
  if (!isHead(value)) throw new Refusal(`${path}:1 is no sweep of this version`);
  refuseSeeds(path, value);
  return value;
}

/**
 * Refuses the header of another sweep; headers of parts of one sweep differ only in the number of the
 * part.
 */
function refuseOtherHead(
  place: string,
  { head, value }: { readonly head: SweepHeader; readonly value: SweepHeader },
): void {
  const [a, b] = [head, value].map((one) => canonicalJson({ ...one, shard: undefined }));
  if (a !== b) throw new Refusal(`${place} begins another sweep than the first line`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isHead(value: unknown): value is SweepHeader {
  const head = value as Partial<SweepHeader> | null | undefined;
  return (
    head?.orrery === 'sweep' &&
    head.version === VERSION &&
    // All values but `set` and `seeds` must be leaves, because code that walks through deeply
    // nested values could fail.
    Object.entries(head).every(([key, one]) => key === 'set' || key === 'seeds' || isLeaf(one)) &&
    [head.name, head.file, head.sha256, head.commit].every((one) => typeof one === 'string') &&
    isTexts(head.set) &&
    Array.isArray(head.seeds) &&
    head.seeds.every(isLeaf)
  );
}

function isLeaf(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

/** Refuses a header without usable seeds: without seeds nothing runs, so that no limit could be missed. */
function refuseSeeds(path: string, { seeds, adaptive = 1 }: SweepHeader): void {
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

function isRun(value: unknown): value is ResultsFileRun {
  const line = value as Partial<ResultsFileRun> | null | undefined;
  return (
    [line?.id, line?.fingerprint, line?.result].every((one) => typeof one === 'string') &&
    Number.isSafeInteger(line?.seed) &&
    isTexts(line?.parameters) &&
    typeof line?.values === 'object' &&
    Object.values(line.values ?? {}).every((one) => one === null || typeof one === 'number')
  );
}

/** Reads a line of a file; keeps known fields only, because the line may be written again. */
function runOf({
  id,
  parameters,
  seed,
  fingerprint,
  values,
  result,
}: ResultsFileRun): ResultsFileRun {
  return { id, parameters, seed, fingerprint, values, result };
}

function isTexts(value: unknown): value is CombinationParameters {
  if (value === null || typeof value !== 'object') return false;
  return Object.values(value).every((one) => typeof one === 'string');
}

/** A results file to which runs are added. */
export class ResultsFile {
  readonly #file: number;

  /**
   * Creates a file, or opens one to continue it.
   * @param known The content of the file to continue; its incomplete last line is cut off.
   */
  constructor(path: string, head: SweepHeader, known?: KnownResults) {
    if (known === undefined) appendFileSync(path, `${JSON.stringify(head)}\n`, { flag: 'w' });
    this.#file = openSync(path, 'r+');
    if (known !== undefined) ftruncateSync(this.#file, known.bytes);
    this.#at = known?.bytes ?? Buffer.byteLength(`${JSON.stringify(head)}\n`);
  }

  #at: number;

  /** Adds a run, which is on the disk when this returns. */
  add(line: ResultsFileRun): void {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    assert(bytes.length <= LINE_MAX, 'a run can be read again');
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
