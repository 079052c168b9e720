/**
 * `--set path=value`: changes a document before it is checked, and remembers which flag wrote what,
 * so that mistakes are reported at the flag. List items are identified by index or by their name,
 * id or ends: `traffic.0.rate`, `nodes.gateway-111.options.window`.
 *
 * @module
 */
import { type Document, isCollection, isMap, isSeq, parseDocument, type YAMLSeq } from 'yaml';
import {
  ConfigError,
  type ConfigIssue,
  FLAG_PSEUDO_FILE,
  formatValuePath,
  type IssuePosition,
} from './config-error.ts';
import { type EntryPart, keyText, type ValuePath } from './locate.ts';
import { suggestNearestWord } from './suggest.ts';
import { depthMistakes, forbiddenYamlMistakes, parserMistakes } from './yaml-words.ts';

/** One flag: a dotted path and the text of its value. */
export interface FlagOverride {
  readonly path: string;
  readonly value: string;
  /** Leading part of the path that belongs to the containing file, e.g. `topology.`. */
  readonly prefix?: string;
}

/**
 * Keys whose value determines which other keys a map must have. If a flag has set one of these and
 * another key is missing, the mistake is reported at this flag.
 */
const KIND_KEYS: readonly string[] = ['kind', 'strategy'];

/**
 * Largest number of characters of all paths and values together: they may come from received results or jobs, and the
 * parser takes a second for this many.
 */
export const OVERRIDES_LENGTH_MAX = 65_536;

/** Largest number of parts of a path: each part that does not exist yet becomes a map inside the part before it. */
const PARTS_MAX = 64;

/** Number of characters of all paths and values together. */
export function overridesLength(overrides: Readonly<Record<string, string>>): number {
  return Object.entries(overrides).reduce((sum, [key, text]) => sum + key.length + text.length, 0);
}

/** Says which flag, if any, wrote the entry at a path or made it necessary. */
export type FlagPositionFinder = (path: ValuePath, part: EntryPart) => IssuePosition | undefined;

/**
 * Writes the flags' values into the document.
 *
 * @param fileKeys Entries that may name another file; values below such a name are left to that
 * file.
 * @throws ConfigError when a path leads nowhere.
 */
export function applyOverrides(
  document: Document,
  overrides: readonly FlagOverride[],
  fileKeys: readonly string[],
): FlagPositionFinder {
  const written: (Written & { readonly flag: FlagOverride })[] = [];
  const issues: ConfigIssue[] = [];
  refuseOversized(overrides);
  const named = fileKeys.filter((key) => typeof document.get(key) === 'string');
  for (const flag of overrides) {
    if (named.some((key) => flag.path.startsWith(`${key}.`))) continue;
    const target = resolvePath(document, flag, issues);
    if (target === undefined) continue;
    document.setIn(target.path, document.createNode(parseFlagValue(flag.value)));
    written.push({ ...target, flag });
  }
  if (issues.length > 0) throw new ConfigError(issues);
  return (path, part) => {
    // If several flags set the value, its position is that of the last one, whose value the document contains.
    const hit =
      written.findLast((entry) => isWithin(path, entry.root)) ??
      (document.hasIn(path) ? undefined : written.findLast((entry) => isKindOf(path, entry.path)));
    if (hit === undefined) return undefined;
    const isKey = part === 'key' && path.length <= hit.path.length;
    return flagPlace(hit.flag, isKey ? 'path' : 'value');
  };
}

/**
 * Refuses values before the parser sees them, because its work grows with the square of the nesting.
 * @throws ConfigError naming each path or value that is nested too deeply, and the flag at which all flags together
 * exceed {@link OVERRIDES_LENGTH_MAX}.
 */
function refuseOversized(overrides: readonly FlagOverride[]): void {
  const issues: ConfigIssue[] = [];
  let length = 0;
  for (const flag of overrides) {
    const path = `${flag.prefix ?? ''}${flag.path}`;
    length += flag.path.length + flag.value.length;
    if (length > OVERRIDES_LENGTH_MAX) {
      const message = `all values together have more than ${OVERRIDES_LENGTH_MAX} characters`;
      const hint = 'write a file';
      issues.push({ ...flagPlace(flag, 'path'), path, code: 'E117', message, hint });
      break;
    }
    const parts = flag.path.split('.').length;
    if (parts > PARTS_MAX) {
      const message = `the path has ${parts} parts, the limit is ${PARTS_MAX}`;
      issues.push({ ...flagPlace(flag, 'path'), path: '', code: 'E117', message });
      continue;
    }
    const [deep] = depthMistakes(flag.value);
    if (deep === undefined) continue;
    issues.push({ ...flagPlace(flag, 'value'), path, code: deep.code, message: deep.message });
  }
  if (issues.length > 0) throw new ConfigError(issues);
}

/** Flags for the file that the entry `key` names. */
export function overridesBelowKey(
  overrides: readonly FlagOverride[],
  key: string,
): readonly FlagOverride[] {
  const prefix = `${key}.`;
  return overrides
    .filter((flag) => flag.path.startsWith(prefix))
    .map((flag) => ({ path: flag.path.slice(prefix.length), value: flag.value, prefix }));
}

/** Converts a record `path -> value` to flags. */
export function overridesFromRecord(
  overrides: Readonly<Record<string, string>>,
): readonly FlagOverride[] {
  return Object.entries(overrides).map(([path, value]) => ({ path, value }));
}

function isWithin(path: ValuePath, root: ValuePath): boolean {
  return root.length <= path.length && root.every((step, at) => step === path[at]);
}

/** True when the value at `chosen` determines the kind of the map around `path`. */
function isKindOf(path: ValuePath, chosen: ValuePath): boolean {
  const around = path.slice(0, -1);
  const isSibling = chosen.length === path.length && isWithin(chosen, around);
  return isSibling && KIND_KEYS.includes(String(chosen.at(-1)));
}

function flagText(flag: FlagOverride): string {
  return `${flag.prefix ?? ''}${flag.path}=${flag.value}`;
}

function flagPlace(flag: FlagOverride, part: 'path' | 'value'): IssuePosition {
  const sourceLine = `${FLAG_PSEUDO_FILE} ${flagText(flag)}`;
  const pathAt = FLAG_PSEUDO_FILE.length + 2;
  const valueAt = sourceLine.length - flag.value.length + 1;
  const [column, endColumn] =
    part === 'path' ? [pathAt, valueAt - 1] : [valueAt, sourceLine.length + 1];
  return { file: FLAG_PSEUDO_FILE, line: 1, column, endColumn, sourceLine };
}

/** What a flag wrote, and the topmost entry that it created. */
interface Written {
  readonly path: ValuePath;
  readonly root: ValuePath;
}

/** Follows a dotted path; keys may contain dots, so the longest existing key wins. */
function resolvePath(
  document: Document,
  flag: FlagOverride,
  issues: ConfigIssue[],
): Written | undefined {
  const steps: (string | number)[] = [];
  let root: ValuePath | undefined;
  let rest = flag.path.split('.');
  while (rest.length > 0) {
    const node: unknown = steps.length === 0 ? document.contents : document.getIn(steps, true);
    const step = isSeq(node) ? listStep(node, rest) : mapStep(node, rest, steps);
    if (step === undefined) {
      issues.push(lostPath(flag, [...steps, rest[0] ?? ''], node));
      return undefined;
    }
    steps.push(step.key);
    if (step.isNew === true) root ??= [...steps];
    rest = rest.slice(step.taken);
  }
  return { path: steps, root: root ?? steps };
}

interface Step {
  readonly key: string | number;
  readonly taken: number;
  readonly isNew?: boolean;
}

/** The map whose keys contain dots: in the new path `kpis.a.b.max`, `a.b` is one key. */
const DOTTED_KEYS = 'kpis';

function mapStep(node: unknown, rest: readonly string[], steps: ValuePath): Step | undefined {
  if (isMap(node)) {
    const keys = node.items.map(keyText);
    for (let taken = rest.length; taken > 0; taken -= 1) {
      const key = rest.slice(0, taken).join('.');
      if (keys.includes(key)) return { key, taken };
    }
  } else if (node !== undefined && node !== null) {
    // Nothing can be set below a text or a number.
    return undefined;
  }
  const isDotted = steps.length === 1 && steps[0] === DOTTED_KEYS;
  const taken = isDotted ? Math.max(1, rest.length - 1) : 1;
  const key = rest.slice(0, taken).join('.');
  return key === '' ? undefined : { key, taken, isNew: true };
}

function listStep(list: YAMLSeq, rest: readonly string[]): Step | undefined {
  const word = rest[0] ?? '';
  if (/^\d+$/.test(word))
    return Number(word) < list.items.length ? { key: Number(word), taken: 1 } : undefined;
  const key = list.items.findIndex((item) => itemNames(item).includes(word));
  return key < 0 ? undefined : { key, taken: 1 };
}

/** The names by which a list item may be identified. */
function itemNames(item: unknown): readonly unknown[] {
  return isMap(item) ? [item.get('name'), item.get('id'), item.get('ends')] : [];
}

function lostPath(flag: FlagOverride, steps: ValuePath, node: unknown): ConfigIssue {
  const path = `${flag.prefix ?? ''}${formatValuePath(steps)}`;
  const place = flagPlace(flag, 'path');
  if (isSeq(node)) {
    const names = node.items.flatMap(itemNames).filter((name) => typeof name === 'string');
    const near = suggestNearestWord(String(steps.at(-1)), names);
    const count = node.items.length;
    const message = `the list has ${count} ${count === 1 ? 'entry' : 'entries'}, none has this name`;
    const hint = near === undefined ? 'entries count from 0' : `did you mean ${near}?`;
    return { ...place, path, code: 'E101', message, hint };
  }
  const message = isCollection(node) ? 'unknown key' : 'a plain value has nothing below it';
  return { ...place, path, code: 'E101', message };
}

/**
 * The value that the text of a flag means in YAML; the text itself if it is not YAML that files may contain.
 * @param text Not nested too deeply (yaml-words.ts).
 */
export function parseFlagValue(text: string): unknown {
  // `>` and `|` begin block texts in YAML, but limits such as ">= 99%" here.
  if (/^[>|]/.test(text)) return text;
  // The parser compares each key with all previous ones; yaml-words.ts uses a set.
  const parsed = parseDocument(text, { prettyErrors: false, uniqueKeys: false });
  // Checked before `toJS`, which turns a map used as a key into a text that contains all maps nested in it.
  const isPlain =
    parserMistakes(parsed, text).length + forbiddenYamlMistakes(parsed, text).length === 0;
  if (!isPlain || /[&*]\w/.test(text)) return text;
  return parsed.toJS({ maxAliasCount: 0 });
}
