/**
 * Reads the decision records. A page under docs/adr holds those of one part of the system, each below
 * a heading with its number; README.md lists all of them. The rules return what is wrong, with what
 * to write instead.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './files.ts';
import { slugOf } from './headings.ts';

/** A page of records. */
export interface DecisionPage {
  /** Name of its file. */
  readonly name: string;
  readonly text: string;
  readonly records: readonly DecisionRecord[];
}

/** A record. */
export interface DecisionRecord {
  /** Four digits, which no other record ever has. */
  readonly number: string;
  readonly title: string;
  /** Where links of other pages of the folder lead. */
  readonly target: string;
  /** What stands below its heading. */
  readonly text: string;
}

/** Folder of the pages. */
export const DECISIONS = 'docs/adr';

/** Largest size of a page, bytes: what a reader takes in at once, some 65 lines. */
export const PAGE_BYTES_MAX = 4_600;

const PARTS = ['Question', 'Decision', 'Rejected'];
const SUCCESSOR = /^Replaced by \[ADR \d{4}\]/;

/** All pages but the list, by name. */
export function readDecisions(): readonly DecisionPage[] {
  return readdirSync(join(ROOT, DECISIONS))
    .filter((name) => name !== 'README.md')
    .sort()
    .map((name) => decisionPage(name, readFileSync(join(ROOT, DECISIONS, name), 'utf8')));
}

/** Takes a page apart. */
export function decisionPage(name: string, text: string): DecisionPage {
  const records = text
    .split(/^## /m)
    .slice(1)
    .map((part) => {
      const [heading = ''] = part.split('\n');
      const [, number = '', title = ''] = /^(\d{4}) (.+)$/.exec(heading) ?? [];
      const target = `${name}#${slugOf(heading)}`;
      return { number, title, target, text: part.slice(heading.length).trim() };
    });
  return { name, text, records };
}

/** A page is short, and its records say what a reader of a decision asks. */
export function pageProblems({ name, text, records }: DecisionPage): readonly string[] {
  const bytes = Buffer.byteLength(text);
  const size = bytes > PAGE_BYTES_MAX ? [`${name} has ${bytes} bytes of ${PAGE_BYTES_MAX}`] : [];
  return [...size, ...records.flatMap(recordProblems)];
}

function recordProblems({ number, target, text }: DecisionRecord): readonly string[] {
  if (number === '') return [`${target}: begin the heading with the number of the record`];
  if (SUCCESSOR.test(text)) return [];
  return PARTS.filter((part) => !text.includes(`**${part}.**`)).map(
    (part) => `${target}: say **${part}.**, or which record replaced it`,
  );
}

/** Each number is used once, and none is left out. */
export function numberProblems(records: readonly DecisionRecord[]): readonly string[] {
  const numbers = records.map(({ number }) => number).sort();
  return numbers.flatMap((number, index) => {
    const expected = String(index + 1).padStart(4, '0');
    return number === expected ? [] : [`${number} stands where ${expected} belongs`];
  });
}

/** The lines of the list of all records. */
export function listOf(records: readonly DecisionRecord[]): readonly string[] {
  return [...records]
    .sort((a, b) => (a.number < b.number ? -1 : 1))
    .map(({ number, title, target }) => `- [${number}](${target}) ${title}`);
}
