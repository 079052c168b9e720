/**
 * The contents of `runs/`: folders with a report.json or a sweep.json, as cards. A report is read
 * again only if its file has changed.
 *
 * @module
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readReport } from '../../reports/json.ts';
import { RUN_COPIES } from '../../reports/run-copies.ts';
import { type Card, cardOf, type RunIndex } from '../format/run-card.ts';
import { sweepCard } from './sweep-card.ts';

/** Largest number of listed runs; the newest. */
const LISTED_MAX = 500;
/** A longer report is not read for a card. */
const REPORT_BYTES_MAX = 32 * 1024 * 1024;
/** Reports in memory at a time while cards are made, however many clients ask. */
const AT_ONCE = 4;
/** Depth of folders searched below `runs/`: scenario, then seeds or sweep, then points. */
const DEPTH_MAX = 3;

/** What a run may hand out, besides its trace and report. */
const OFFERED: readonly string[] = [
  'report.html',
  'report.md',
  'junit.xml',
  'metrics.prom',
  'trace.pcapng',
  'trace.perfetto.json',
  'samples.parquet',
  RUN_COPIES.scenario,
  RUN_COPIES.topology,
];

/** What makes a folder a run, or the result of a sweep. */
const MAIN_FILES = ['report.json', 'sweep.json'] as const;
const NO_SWEEP = 'sweep.json is not the result of a sweep of this version';

interface Known {
  readonly stamp: string;
  readonly card: Card;
}

interface Found {
  readonly id: string;
  readonly names: readonly string[];
  readonly main: (typeof MAIN_FILES)[number];
  readonly writtenMs: number;
  readonly bytes: number;
}

/** The folder of the runs. */
export class RunFolder {
  readonly root: string;
  readonly #known = new Map<string, Known>();
  /** The list being made, and the next one, shared by all that ask meanwhile. */
  #making: Promise<RunIndex> | undefined;
  #next: Promise<RunIndex> | undefined;

  constructor(root: string) {
    this.root = root;
  }

  /** Every run, newest first. A missing folder has none. */
  index(): Promise<RunIndex> {
    // Not the one being made: it may have missed what is new since.
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
    const cards: Card[] = [];
    for (let at = 0; at < listed.length; at += AT_ONCE) {
      const some = listed.slice(at, at + AT_ONCE);
      cards.push(...(await Promise.all(some.map((one) => this.#card(one)))));
    }
    return { version: 1, cards, leftOut: found.length - listed.length };
  }

  async #walk(id: string, depth: number): Promise<Found[]> {
    const folder = join(this.root, id);
    // A folder may disappear while its neighbours are read.
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
    const main = MAIN_FILES.find((name) => names.includes(name));
    const own = main === undefined ? [] : await this.#found(id, names, main);
    // The runs of a sweep are opened from its card.
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

  async #card(found: Found): Promise<Card> {
    const { id, writtenMs, bytes } = found;
    const stamp = `${writtenMs} ${bytes} ${found.names.join(' ')}`;
    const known = this.#known.get(id);
    if (known?.stamp === stamp) return known.card;
    const card = await this.#read(found);
    this.#known.set(id, { stamp, card });
    return card;
  }

  async #read({ id, names, main, writtenMs, bytes }: Found): Promise<Card> {
    const broken = (reason: string): Card => ({ kind: 'broken', id, reason, writtenMs });
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
    return cardOf(read.report, { id, writtenMs, files, traceBytes: trace?.size ?? 0 });
  }
}

/** Folders below one with a report. */
async function keptBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && isRunName(entry.name))
    .map(({ name }) => name);
}

/** Names that folders and files of runs may have; the same for what a client may ask for. */
export function isRunName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name);
}

/** Files that a client may ask for. */
export function isRunFile(name: string): boolean {
  return name === 'report.json' || name === 'trace.orr' || OFFERED.includes(name);
}
