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
  readSync,
  writeSync,
} from 'node:fs';
import { assert } from '../../engine/core/assert.ts';
import { type CombinationParameters, canonicalJson } from '../../scenarios/identity.ts';
import { refuseIrregularFile } from '../../scenarios/open/run-files.ts';
import { Refusal } from '../../scenarios/refusal.ts';

/** Name of the file in the folder of a sweep. */
export const RESULTS_FILE_NAME = 'results.ndjson';

const VERSION = 1;
const NEWLINE = 0x0a;
/** Bytes that are read at a time. */
const CHUNK_BYTES = 1024 * 1024;
/** Longest line that is read: a packed result at its largest, with room for parameters. */
const LINE_MAX = 32 * 1024 * 1024;
/** Seeds of a combination at most, as in scenario files and flags. */
const SEEDS_MAX = 10_000;

/** The facts that all lines of a file of results share. */
export interface SweepHeader {
  readonly orrery: 'sweep';
  readonly version: number;
  /** Name of the scenario. */
  readonly name: string;
  readonly file: string;
  readonly sha256: string;
  readonly commit: string;
  /** Flags of the command: values that are set, and the seeds of a combination. */
  readonly set: CombinationParameters;
  readonly seeds: readonly number[];
  /** Most seeds of a combination whose interval straddles a limit; absent: `seeds` and no more. */
  readonly adaptive?: number;
  /** The part that was dealt to this file, `2/4`; absent: all. */
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
  /** The result, packed (packed-result.ts). */
  readonly result: string;
}

/** Makes the first line of a sweep's file of results. */
export function makeSweepHeader(facts: Omit<SweepHeader, 'orrery' | 'version'>): SweepHeader {
  return { orrery: 'sweep', version: VERSION, ...facts };
}

/** The content of a file of results. */
export interface KnownResults {
  readonly head: SweepHeader;
  readonly lines: readonly ResultsFileRun[];
  /** Bytes up to the end of the last whole line. */
  readonly bytes: number;
}

/**
 * Reads a file of results line by line, because a large file is longer than the longest string. Files may
 * have been joined by `cat`, so that there are several heads.
 * @returns undefined if there is no file, or no complete first line in it.
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
      // A copy, because the chunk is used again.
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

/** Refuses a head of another sweep; heads of parts of one sweep differ only in the part's number. */
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
    // Nested values may be so deep that code which walks through them fails.
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

/** Refuses a head without usable seeds: without seeds nothing runs, and no limit can be missed. */
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

/** A line with the known fields only, because it is written again. */
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

/** A file that runs are added to. */
export class ResultsFile {
  readonly #file: number;

  /**
   * Opens a new file, or one to go on with.
   * @param known What the file contains; a broken last line is cut off.
   */
  constructor(path: string, head: SweepHeader, known?: KnownResults) {
    if (known === undefined) appendFileSync(path, `${JSON.stringify(head)}\n`, { flag: 'w' });
    this.#file = openSync(path, 'r+');
    if (known !== undefined) ftruncateSync(this.#file, known.bytes);
    this.#at = known?.bytes ?? Buffer.byteLength(`${JSON.stringify(head)}\n`);
  }

  #at: number;

  /** Adds a run; it is on the disk when this returns. */
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
