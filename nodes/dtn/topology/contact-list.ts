/**
 * A network from a list of contacts, as the files of other programs have them: each contact is for one
 * direction. Two nodes with a contact get a link; a direction without contacts never opens.
 *
 * @module
 */
import { z } from 'zod';
import type { GeneratedContacts, GeneratedLink } from '../../../engine/host/generator.ts';
import type { ImportMistake, ImportResult } from '../../../engine/host/importer.ts';
import { LineMistakes, type TextOffsets } from '../../../engine/pure/text-lines.ts';

/** A contact that was read from a file of another program, with the node names of that file. */
export interface FileContact {
  readonly from: string;
  readonly to: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly rateBps: number;
  readonly delayNs: number;
  /** The position of the contact in the text of the file. */
  readonly span: TextOffsets;
}

/** Longest time of a run, ns: times have to be safe integers. */
const RUN_NS_MAX = 104 * 86_400e9;
/** Limits of any topology, checked here before a network is made of the contacts. */
const TOPOLOGY_LIMITS = { nodes: 200_000, links: 300_000 };
/** Longest name of a node. */
const NAME_MAX = 63;
const PREFIX = /^(?:[A-Za-z0-9][A-Za-z0-9_-]{0,31})?$/;

/** A parameter of all importers: the prefix of each node's name. */
export const nodeNamePrefixParameter = z
  .string()
  .refine((text) => PREFIX.test(text), {
    message: 'is not up to 32 letters, digits, - and _, a letter or digit first',
  })
  .default('node-')
  .meta({ description: 'Put before numbers of nodes. Default node-.' });

/** The rules of a format of contact lists. */
export interface ContactListRules {
  readonly prefix: string;
  /**
   * True if overlapping contacts with the same direction, rate and delay are merged; otherwise they
   * are a mistake.
   */
  readonly mergeOverlaps?: boolean;
}

/**
 * A part of the file that is left out or changed: the number of items, their name in the singular,
 * and how or why they are treated in this way.
 */
export type WarningCount = readonly [count: number, what: string, why: string];

/**
 * Makes a sentence for each kind whose number is above 0: `1 contact left out`, `2 contacts left
 * out`.
 */
export function formatWarnings(kinds: readonly WarningCount[]): readonly string[] {
  return kinds
    .filter(([count]) => count > 0)
    .map(([count, what, why]) => `${count} ${what}${count === 1 ? '' : 's'} ${why}`);
}

/** Makes the network of some contacts, or returns the mistakes in them. */
export function networkOfContacts(
  contacts: readonly FileContact[],
  { prefix, mergeOverlaps = false }: ContactListRules,
  warnings: readonly string[],
): ImportResult {
  const mistakes = new LineMistakes();
  const directions = directionsOf(contacts);
  const ids = new Set(contacts.flatMap(({ from, to }) => [from, to]));
  // A link has two directions.
  const excess = tooMany({ nodes: ids.size, links: Math.ceil(directions.size / 2) });
  if (excess !== undefined) {
    mistakes.add({ start: 0, end: 1, message: excess });
    return mistakes.all();
  }
  let merged = 0;
  for (const [key, unsorted] of directions) {
    const sorted = unsorted.sort((a, b) => a.startNs - b.startNs);
    const listed = mergeOverlaps ? joined(sorted) : sorted;
    directions.set(key, listed);
    merged += sorted.length - listed.length;
    check(listed, mistakes);
  }
  checkLate(contacts, mistakes);
  const names = [...ids].sort(byNumber);
  const nameOf = (id: string): string => (/^\d+$/.test(id) ? `${prefix}${id}` : id);
  checkNames(contacts, nameOf, mistakes);
  if (mistakes.isAny) return mistakes.all();
  const links = linksOf(names, directions, nameOf);
  const oneWay = links.filter(({ forward, backward }) => isEmpty(forward) || isEmpty(backward));
  const all = [
    ...warnings,
    ...formatWarnings([
      [merged, 'contact', 'merged with one that overlaps'],
      [oneWay.length, 'pair', `of ${links.length} with contacts in one direction only`],
    ]),
  ];
  const topology = { nodes: names.map((id) => ({ name: nameOf(id) })), links };
  return { kind: 'network', topology, warnings: all };
}

function tooMany(size: typeof TOPOLOGY_LIMITS): string | undefined {
  const what = (['nodes', 'links'] as const).find((kind) => size[kind] > TOPOLOGY_LIMITS[kind]);
  return what && `makes ${size[what]} ${what}, the limit is ${TOPOLOGY_LIMITS[what]}`;
}

/** Contacts of each direction, by `from to`. */
function directionsOf(contacts: readonly FileContact[]): Map<string, FileContact[]> {
  const directions = new Map<string, FileContact[]>();
  for (const contact of contacts) {
    const key = keyOf(contact.from, contact.to);
    const listed = directions.get(key);
    if (listed === undefined) directions.set(key, [contact]);
    else listed.push(contact);
  }
  return directions;
}

function keyOf(from: string, to: string): string {
  return `${from} ${to}`;
}

/** A link for each pair of nodes with contacts, in the order of the nodes. */
function linksOf(
  names: readonly string[],
  directions: ReadonlyMap<string, readonly FileContact[]>,
  nameOf: (id: string) => string,
): readonly GeneratedLink[] {
  const place = new Map(names.map((name, index) => [name, index]));
  const pairs = new Map<string, readonly [a: number, b: number]>();
  for (const [contact] of directions.values()) {
    const ends = [contact?.from ?? '', contact?.to ?? ''].map((name) => place.get(name) ?? 0);
    const [a = 0, b = 0] = ends.sort((x, y) => x - y);
    pairs.set(keyOf(`${a}`, `${b}`), [a, b]);
  }
  return [...pairs.values()]
    .sort(([a, b], [c, d]) => a - c || b - d)
    .map(([left, right]): GeneratedLink => {
      const [a = '', b = ''] = [names[left], names[right]];
      const windows = (from: string, to: string): { contacts: GeneratedContacts } => ({
        contacts: { windows: (directions.get(keyOf(from, to)) ?? []).map(windowOf) },
      });
      return { ends: [nameOf(a), nameOf(b)], forward: windows(a, b), backward: windows(b, a) };
    });
}

function isEmpty(direction: GeneratedLink['forward']): boolean {
  return direction?.contacts?.windows.length === 0;
}

function windowOf(contact: FileContact): GeneratedContacts['windows'][number] {
  const { startNs, endNs, rateBps, delayNs } = contact;
  return { startNs, endNs, rateBps, delayNs };
}

/** Orders identifiers of nodes: numbers by value, then names by their letters. */
function byNumber(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (!(Number.isNaN(left) || Number.isNaN(right)) && left !== right) return left - right;
  if (Number.isNaN(left) !== Number.isNaN(right)) return Number.isNaN(left) ? 1 : -1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Merges sorted contacts that overlap and have the same rate and delay. */
function joined(sorted: readonly FileContact[]): FileContact[] {
  const kept: FileContact[] = [];
  for (const contact of sorted) {
    const { rateBps, delayNs, startNs, endNs } = contact;
    const before = kept.at(-1);
    const isAlike = before?.rateBps === rateBps && before.delayNs === delayNs;
    if (before === undefined || !isAlike || startNs >= before.endNs) kept.push(contact);
    else kept[kept.length - 1] = { ...before, endNs: Math.max(before.endNs, endNs) };
  }
  return kept;
}

/** Checks the sorted contacts of one direction. */
function check(listed: readonly FileContact[], mistakes: LineMistakes): void {
  for (const [index, contact] of listed.entries()) {
    const mistake = mistakeOf(contact, listed[index - 1]);
    if (mistake !== undefined) mistakes.add({ ...contact.span, ...mistake });
  }
}

/** Reports all contacts that end too late as one mistake: their times count from another epoch. */
function checkLate(contacts: readonly FileContact[], mistakes: LineMistakes): void {
  const late = contacts.filter(({ endNs }) => endNs > RUN_NS_MAX);
  const [first] = late;
  if (first === undefined) return;
  const others = late.length === 1 ? '' : `, one of ${late.length}`;
  const hint = 'times count from the beginning of the run: subtract the first, or cut the file';
  mistakes.add({ ...first.span, message: `the contact ends after 104 days${others}`, hint });
}

function mistakeOf(
  { startNs, endNs, rateBps, delayNs, from, to }: FileContact,
  before: FileContact | undefined,
): Pick<ImportMistake, 'message' | 'hint'> | undefined {
  if (endNs <= startNs) return { message: 'the contact ends before it begins' };
  if (delayNs > RUN_NS_MAX) return { message: 'the contact has a delay above 104 days' };
  if (!(rateBps > 0)) return { message: 'the rate is not above 0' };
  if (before === undefined || before.endNs <= startNs) return undefined;
  const message = `a contact from ${from} to ${to} begins before the one before it ends`;
  return { message, hint: 'contacts of one direction must not overlap' };
}

/** A name may be too long, and with a prefix a number can become the name of another node. */
function checkNames(
  contacts: readonly FileContact[],
  nameOf: (id: string) => string,
  mistakes: LineMistakes,
): void {
  const ids = new Map<string, string>();
  for (const { from, to, span } of contacts) {
    for (const id of [from, to]) {
      const name = nameOf(id);
      const first = ids.get(name);
      if (first === id) continue;
      ids.set(name, first ?? id);
      const hint = 'another prefix keeps them apart';
      if (first !== undefined) {
        mistakes.add({ ...span, message: `${first} and ${id} are both called ${name}`, hint });
      } else if (name.length > NAME_MAX) {
        mistakes.add({ ...span, message: `the name ${name} is longer than ${NAME_MAX} letters` });
      }
    }
  }
}
