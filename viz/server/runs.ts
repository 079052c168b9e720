/**
 * Lists the folder `runs/`: each folder in it with a report.json or a sweep.json becomes a card. A
 * report is read again only after its file has changed.
 *
 * @module
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { INPUT_COPY_FILE_NAMES } from '../../reports/input-copies.ts';
import { readReport } from '../../reports/json.ts';
import { type GalleryCard, makeRunCard, type RunIndex } from '../format/run-card.ts';
import { sweepCard } from './sweep-card.ts';

/** Largest number of listed runs; the oldest runs are left out. */
const LISTED_MAX = 500;
/** Largest report that is read for its card, bytes. */
const REPORT_BYTES_MAX = 32 * 1024 * 1024;
/**
 * Largest number of reports that are read at the same time while cards are made, for all requests
 * together.
 */
const AT_ONCE = 4;
/**
 * Depth to which folders below `runs/` are searched: scenario, then seeds or sweep, then
 * combinations.
 */
const DEPTH_MAX = 3;

/** Files of a run that may be downloaded, besides its trace and report. */
const OFFERED: readonly string[] = [
  'report.html',
  'report.md',
  'junit.xml',
  'metrics.prom',
  'trace.pcapng',
  'trace.perfetto.json',
  'samples.parquet',
  INPUT_COPY_FILE_NAMES.scenario,
  INPUT_COPY_FILE_NAMES.topology,
];

/** A folder with one of these files is a run or the result of a sweep. */
const MAIN_FILES = ['report.json', 'sweep.json'] as const;
const NO_SWEEP = 'sweep.json is not the result of a sweep of this version';

interface Known {
  readonly stamp: string;
  readonly card: GalleryCard;
}

interface Found {
  readonly id: string;
  readonly names: readonly string[];
  readonly main: (typeof MAIN_FILES)[number];
  readonly writtenMs: number;
  readonly bytes: number;
}

/** The folder that contains all runs. */
export class RunFolder {
  readonly root: string;
  readonly #known = new Map<string, Known>();
  /** The list that is being made. All callers that wait for it get the same promise. */
  #making: Promise<RunIndex> | undefined;
  /** The list that will be made after that one; also the same promise for all callers. */
  #next: Promise<RunIndex> | undefined;

  constructor(root: string) {
    this.root = root;
  }

  /** Returns the cards of all runs, the newest first; none if the folder does not exist. */
  index(): Promise<RunIndex> {
    // The list that is being made may lack the newest files, so the caller waits for the list after
    // it.
    if (this.#making !== undefined) return this.#after(this.#making);
    this.#making = this.#make().finally(() => {
      this.#making = undefined;
    });
    return this.#making;
  }

  #after(making: Promise<RunIndex>): Promise<RunIndex> {
    this.#next ??= making
      .then(undefined, () => undefined)
      .then(() => {
        this.#next = undefined;
        return this.index();
      });
    return this.#next;
  }

  async #make(): Promise<RunIndex> {
    const found = await this.#walk('', 0);
    found.sort((a, b) => b.writtenMs - a.writtenMs);
    const listed = found.slice(0, LISTED_MAX);
    const cards: GalleryCard[] = [];
    for (let at = 0; at < listed.length; at += AT_ONCE) {
      const some = listed.slice(at, at + AT_ONCE);
      for (const each of await Promise.all(some.map((one) => this.#card(one)))) cards.push(each);
    }
    return { version: 1, cards, leftOut: found.length - listed.length };
  }

  async #walk(id: string, depth: number): Promise<Found[]> {
    const folder = join(this.root, id);
    // A folder may be deleted while other folders are being read.
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    const main = MAIN_FILES.find((name) => names.includes(name));
    const own = main === undefined ? [] : await this.#found(id, names, main);
    // The runs of a sweep have no cards of their own: readers open them from the card of the sweep.
    if (depth === DEPTH_MAX || main === 'sweep.json') return own;
    const below = entries.filter((entry) => entry.isDirectory() && isRunName(entry.name));
    const rest = await Promise.all(
      below.map(({ name }) => this.#walk(id === '' ? name : `${id}/${name}`, depth + 1)),
    );
    return [...own, ...rest.flat()];
  }

  async #found(id: string, names: readonly string[], main: Found['main']): Promise<Found[]> {
    const facts = await stat(join(this.root, id, main)).catch(() => undefined);
    if (facts === undefined || id === '') return [];
    return [{ id, names, main, writtenMs: Math.round(facts.mtimeMs), bytes: facts.size }];
  }

  async #card(found: Found): Promise<GalleryCard> {
    const { id, writtenMs, bytes } = found;
    const stamp = `${writtenMs} ${bytes} ${found.names.join(' ')}`;
    const known = this.#known.get(id);
    if (known?.stamp === stamp) return known.card;
    const card = await this.#read(found);
    this.#known.set(id, { stamp, card });
    return card;
  }

  async #read({ id, names, main, writtenMs, bytes }: Found): Promise<GalleryCard> {
    const broken = (reason: string): GalleryCard => ({ kind: 'broken', id, reason, writtenMs });
    if (bytes > REPORT_BYTES_MAX) return broken(`${main} has ${bytes} bytes, too many for a card`);
    const folder = join(this.root, id);
    const text = await readFile(join(folder, main), 'utf8').catch(() => undefined);
    if (text === undefined) return broken(`${main} cannot be read`);
    if (main === 'sweep.json') {
      const kept = await keptBelow(folder);
      return sweepCard(text, { id, writtenMs, kept }) ?? broken(NO_SWEEP);
    }
    const read = readReport(text);
    if (read.kind === 'unreadable') return broken(`report.json: ${read.message}`);
    const trace = names.includes('trace.orr') ? await stat(join(folder, 'trace.orr')) : undefined;
    const files = OFFERED.filter((name) => names.includes(name));
    return makeRunCard(read.report, { id, writtenMs, files, traceBytes: trace?.size ?? 0 });
  }
}

/** Returns the names of the folders directly below a folder that contain a report. */
async function keptBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && isRunName(entry.name))
    .map(({ name }) => name);
}

/**
 * True for names that folders and files of runs may have. The list of runs and the requests for
 * files apply the same rule.
 */
export function isRunName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name);
}

/** True for the names of files that a client may request. */
export function isRunFile(name: string): boolean {
  return name === 'report.json' || name === 'trace.orr' || OFFERED.includes(name);
}
