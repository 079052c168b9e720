/**
 * Tidy rules for the text of one file. Each returns what is wrong, with the line and what to write
 * instead. Rules that biome or knip can check are left to them.
 *
 * @module
 */
import type { TextFile } from './files.ts';

/** Returns what is wrong with a file; empty if nothing is. */
export type TidyRule = (file: TextFile) => readonly string[];

interface BannedWord {
  readonly word: RegExp;
  readonly instead: string;
}

const UNFINISHED: readonly BannedWord[] = [
  { word: /\b(TODO|FIXME|XXX|HACK)\b/, instead: 'do it, or open an issue' },
  { word: /\bplace-?holders?\b/i, instead: 'write the thing itself' },
  { word: /\bstub(s|bed)?\b/i, instead: 'write the thing itself' },
  { word: /\bsimulat(e|es|ing)\b/i, instead: 'say "model" or "run"; protocols are real' },
  { word: /\b(not (yet )?implemented|unimplemented)\b/i, instead: 'a named refusal' },
  { word: /\bfor now\s*([.,;)]|$)|\bsimplified\b/i, instead: 'say what it is and why' },
];

/**
 * A limit by the wall clock below this value, ms, depends on the pace of the machine. A larger one
 * only ends something that hangs.
 */
const WATCHDOG_MS = 2_000;
const WALL_LIMIT =
  /(?:performance|Date)\.now\(\) - [\w.]+\)[^;]*\.toBeLessThan(?:OrEqual)?\(([\d_.e]+)\)/;
const MACHINE_PATH = /(^|[\s"'`(=:])(\/(work|home|root|Users|workspace)\/|[A-Z]:\\)/;
const CODE_IN_COMMENT =
  /^\s*\/\/\s*((const|let|var|import|export|return|throw|await)\b.*;|(if|for|while|switch) \(.*\) ?\{?|\}.*[;{]?)\s*$/;

/** A block comment with `@module` comes before the first import. */
export const hasModuleBlock: TidyRule = ({ path, text }) => {
  const end = text.indexOf('*/');
  const hasBlock = /^(#!.*\n)?\/\*\*/.test(text);
  const isGood = hasBlock && end > 0 && text.slice(0, end).includes('@module');
  return isGood ? [] : [`${path}:1: begin with a block comment that ends in @module`];
};

/** No words that announce unfinished work (R-077). */
export const hasNoUnfinishedWord: TidyRule = (file) =>
  UNFINISHED.flatMap(({ word, instead }) =>
    linesWith(file, word).map((place) => `${place}: ${instead}`),
  );

/** No code inside comments. */
export const hasNoDeadCode: TidyRule = (file) =>
  linesWith(file, CODE_IN_COMMENT).map((place) => `${place}: delete it, git remembers`);

/** No path of a developer's machine. */
export const hasNoMachinePath: TidyRule = (file) =>
  linesWith(file, MACHINE_PATH).map((place) => `${place}: use a path relative to the repository`);

/** No test judges how fast the machine is; such promises are ratios measured by `npm run bench`. */
export const judgesNoPace: TidyRule = ({ path, text }) =>
  text.split('\n').flatMap((line, index) => {
    const [, limit = ''] = WALL_LIMIT.exec(line) ?? [];
    const isLimit = limit !== '' && Number(limit.replaceAll('_', '')) < WATCHDOG_MS;
    const isPace = isLimit || line.startsWith('import { cpuTimeUs }');
    const instead = `judge a ratio to something measured in turn, or allow ${WATCHDOG_MS} ms`;
    return isPace ? [`${path}:${index + 1}: ${instead}`] : [];
  });

/** A test that replaces a module loads its users anew: another file in its worker may have loaded them. */
export const mocksFreshModules: TidyRule = ({ path, text }) =>
  /^vi\.mock\(/m.test(text) && !/^vi\.resetModules\(\)/m.test(text)
    ? [`${path}: call vi.resetModules() and import what uses the module after it`]
    : [];

/** No trailing blanks, except two, which are a line break in Markdown. */
export const hasNoTrailingBlanks: TidyRule = (file) => {
  const pattern = file.path.endsWith('.md') ? /(?<! ) $|\t$/ : /[ \t]$/;
  return linesWith(file, pattern).map((place) => `${place}: remove the blanks at the end`);
};

/** No tabs or control characters, and exactly one newline at the end. */
export const hasCleanCharacters: TidyRule = (file) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
  const strange = linesWith(file, /[\u0000-\u0008\u0009\u000b-\u001f\u007f\u200b\ufeff]/);
  const ending = file.text.endsWith('\n') && !file.text.endsWith('\n\n');
  return [
    ...strange.map((place) => `${place}: write tabs and control characters as escapes`),
    ...(ending || file.text === '' ? [] : [`${file.path}: end with exactly one newline`]),
  ];
};

/**
 * Every export has a comment above it (R-245): either a block, or a line above a group of related
 * constants.
 */
export const hasDocumentedExports: TidyRule = ({ path, text }) => {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [, name] = DECLARED.exec(line) ?? [];
    if (name === undefined) return [];
    const above = lines.slice(0, index).findLastIndex((one) => !/^(export )?const .*;$/.test(one));
    const isSaid = /\*\/$|^\/\/ /.test(lines[above] ?? '');
    return isSaid ? [] : [`${path}:${index + 1}: say in one sentence what ${name} is`];
  });
};

const DECLARED =
  /^export (?:abstract )?(?:async )?(?:const|let|function\*?|class|interface|type) (\w+)/;

/** A rule that is switched off needs a reason. */
export const hasReasonForIgnore: TidyRule = (file) =>
  linesWith(file, /biome-ignore(-all)? (?!(lint|format|assist)(\/\S+)?: \S+ \S+)/)
    .filter((place) => !place.startsWith('test/architecture/'))
    .map((place) => `${place}: write biome-ignore lint/group/rule: and the reason in words`);

/** The name of a file with a single export shares a word with that export. */
export const isNamedAfterExport: TidyRule = ({ path, text }) => {
  const [only, ...others] = [...text.matchAll(EXPORTED)].map(([, name = '']) => name);
  const file = path.replace(/^.*\//, '').replace(/\.ts$/, '');
  if (only === undefined || others.length > 0 || ROLES.has(file)) return [];
  const isShared = file.split('-').some((word) => only.toLowerCase().includes(word.slice(0, 5)));
  return isShared ? [] : [`${path}: exports ${only} alone; name the file after it`];
};

const EXPORTED =
  /^export (?:abstract )?(?:async )?(?:class|function\*?|const|let|interface|type) (\w+)/gm;
/** File names that describe the role of a file in its folder, and entry points. */
const ROLES = new Set('index main wire machine node config pipeline'.split(' '));

/**
 * An action of a workflow is identified by its commit, because a tag can be moved to other code.
 */
export const pinsItsActions: TidyRule = (file) =>
  linesWith(
    file,
    /^\s*(?:- )?['"]?uses['"]?:(?!\s+(\.\/|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$))/,
  ).map((place) => `${place}: write owner/action@<40 digits of the commit> # vX.Y.Z`);

function linesWith({ path, text }: TextFile, pattern: RegExp): readonly string[] {
  return text
    .split('\n')
    .map((line, index) => [line, index + 1] as const)
    .filter(([line]) => pattern.test(line))
    .map(([line, number]) => `${path}:${number}: "${line.trim().slice(0, 70)}"`);
}
