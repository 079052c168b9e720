/**
 * Rules for citations in comments and documents. Each must point to a document, heading, decision
 * record or source file of this repository that exists. Documents outside the repository that
 * readers cannot open are rejected by the usual forms of their names.
 * Sections of RFCs and papers are not checked.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { readDecisions } from './decision-records.ts';
import { ROOT, SOURCE_FOLDERS, type TextFile } from './files.ts';
import { anchorsOf, slugOf } from './headings.ts';
import type { TidyRule } from './tidy-rules.ts';

interface Forbidden {
  readonly form: RegExp;
  readonly instead: string;
}

const ELSEWHERE = 'cite an RFC or paper with its section, or a page under docs/';

/** Forms in which documents outside the repository were cited in the past. */
const FORBIDDEN: readonly Forbidden[] = [
  { form: /\bDESIGN(\.md)?,? (section )?\d/, instead: ELSEWHERE },
  { form: /\bSTYLE(\.md)?,? (section |rule )?\d/, instead: ELSEWHERE },
  { form: /(?<!\/[\w.-]+ )\b[Ii]ssue \d+\b/, instead: ELSEWHERE },
  { form: /\bproject spec(ification)?\b/i, instead: ELSEWHERE },
  { form: /(?<![\w./-])spec\/[a-z]+\b(?![\w-]*\.md)/i, instead: ELSEWHERE },
  { form: /(?<![\w-])spec \d+\.\d/, instead: ELSEWHERE },
  { form: /\bdocs\/adr\/\d/, instead: 'cite a decision record by its number, as ADR 0003' },
];

/**
 * Documents that a run writes, and one that belongs to a reference implementation
 * (scionproto/scion).
 */
const ELSEWHERE_KNOWN = new Set(['report.md', 'sweep.md', 'topology/README.md']);
/** Matches lines with a comment; in a Markdown file every line counts. */
const COMMENT = /^\s*(?:\/?\*|\/\/|#)|\s(?:\/\/|#) /;
const DOCUMENT = /(?<![\w./@:-])((?:\.{0,2}\/)*(?:[\w-]+\/)*[\w-]+\.md)(#[\w-]+)?(?![\w-])/g;
/** The number may be at the beginning of the next line, also of a comment. */
const RECORD = /\bADR[\s*/#]+(\d{4})\b/g;
const RECORD_LINK = /(\[?)\bADR\s+(\d{4})\b(?:\]\(([^)\s]*)\))?/g;
const TITLE = /(?<![\w./-])((?:[\w-]+\/)*[\w-]+\.md),? "([^"]+)"/g;
const SOURCE = new RegExp(
  String.raw`(?<![\w./<-])((?:${SOURCE_FOLDERS.join('|')}|test)/(?:[\w-]+/)*[\w.-]*\w\.(?:ts|mjs|grit))\b`,
  'g',
);

/** Rejects citations that no reader can open. */
export const citesNothingElsewhere: TidyRule = ({ path, text }) =>
  placesOf(path, text, (line) =>
    FORBIDDEN.filter(({ form }) => form.test(line)).map(({ instead }) => instead),
  );

/** `nodes/NAME/README.md`, where the reader inserts a name. */
const PLACEHOLDER = /\/NAME[/.]/;

/** Checks that every named document, heading, decision record and source file exists. */
export const citesWhatExists: TidyRule = (file) => [
  ...placesOf(file.path, file.text, (line) => {
    const isProse = file.path.endsWith('.md') || COMMENT.test(line);
    return isProse ? [...documentProblems(file, line), ...sourceProblems(line)] : [];
  }),
  ...recordProblems(file),
];

/**
 * In a document, a decision record is cited by a link to its heading. Code between backticks does
 * not count.
 */
export const linksDecisions: TidyRule = ({ path, text }) => {
  if (!path.endsWith('.md')) return [];
  const prose = text.replace(/`[^`\n]*`/g, (code) => '_'.repeat(code.length));
  return [...prose.matchAll(RECORD_LINK)]
    .filter(([, open, number, target = '']) => open === '' || !target.includes(`#${number}-`))
    .map(
      ({ index, 2: number }) => `${placeOf(path, text, index)}: link ADR ${number} to its heading`,
    );
};

function documentProblems({ path }: TextFile, line: string): readonly string[] {
  const named = [...line.matchAll(DOCUMENT)].flatMap(([, name = '', anchor]) => {
    if (ELSEWHERE_KNOWN.has(name) || PLACEHOLDER.test(name)) return [];
    const target = resolve(path, name);
    if (target === undefined) return [`there is no ${name}`];
    if (anchor === undefined || hasHeading(target, anchor.slice(1))) return [];
    return [`${name} has no heading ${anchor}`];
  });
  const titled = [...line.matchAll(TITLE)].flatMap(([, name = '', title = '']) => {
    const target = resolve(path, name);
    if (target === undefined || hasHeading(target, slugOf(title))) return [];
    return [`${name} has no heading "${title}"`];
  });
  return [...named, ...titled];
}

function recordProblems({ path, text }: TextFile): readonly string[] {
  return [...text.matchAll(RECORD)]
    .filter(([, number = '']) => !RECORDS.has(number))
    .map(({ index, 1: number }) => `${placeOf(path, text, index)}: there is no record ${number}`);
}

function sourceProblems(line: string): readonly string[] {
  return [...line.matchAll(SOURCE)].flatMap(([, name = '']) =>
    PLACEHOLDER.test(name) || existsSync(join(ROOT, name)) ? [] : [`there is no ${name}`],
  );
}

/** Finds a document from the root, from the folder of the file that cites it, or in docs. */
function resolve(from: string, name: string): string | undefined {
  const places = [name, join(dirname(from), name), join('docs', name)].map(normalize);
  return places.find((place) => !place.startsWith('..') && existsSync(join(ROOT, place)));
}

const RECORDS = new Set(
  readDecisions().flatMap(({ records }) => records.map(({ number }) => number)),
);
const headings = new Map<string, ReadonlySet<string>>();

function hasHeading(document: string, slug: string): boolean {
  const known = headings.get(document) ?? anchorsOf(readFileSync(join(ROOT, document), 'utf8'));
  headings.set(document, known);
  return known.has(slug);
}

function placesOf(
  path: string,
  text: string,
  problemsOf: (line: string) => readonly string[],
): readonly string[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      problemsOf(line).map((problem) => `${path}:${index + 1}: ${problem}`),
    );
}

function placeOf(path: string, text: string, index: number): string {
  return `${path}:${text.slice(0, index).split('\n').length}`;
}
