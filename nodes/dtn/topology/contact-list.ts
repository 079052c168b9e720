/**
 * A network from a list of contacts, as the files of other programs have them: each contact is one
 * way. Two nodes with a contact get a link; a direction without contacts never opens.
 *
 * @module
 */
import { z } from 'zod';
import type { GeneratedContacts, GeneratedLink } from '../../../engine/host/generator.ts';
import type { Imported, ImportMistake } from '../../../engine/host/importer.ts';

/** A part of a text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A contact of a file; nodes are as written there. */
export interface ListedContact {
  readonly from: string;
  readonly to: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly rateBps: number;
  readonly delayNs: number;
  /** Where it is in the text. */
  readonly span: Span;
}

/** Longest time of a run, ns: times are safe integers. */
const LIFE_NS = 104 * 86_400e9;

/** The parameter that all importers have. */
export const prefixParameter = z
  .string()
  .default('node-')
  .meta({ description: 'Put before numbers of nodes. Default node-.' });

/** The network of some contacts, or what is wrong with them. */
export function networkOf(
  contacts: readonly ListedContact[],
  prefix: string,
  warnings: readonly string[],
): Imported {
  const byPair = new Map<string, ListedContact[]>();
  for (const contact of contacts) {
    const key = `${contact.from} ${contact.to}`;
    const listed = byPair.get(key);
    if (listed === undefined) byPair.set(key, [contact]);
    else listed.push(contact);
  }
  const mistakes = [...byPair.values()].flatMap((listed) => mistakesOf(listed));
  if (mistakes.length > 0) return { kind: 'mistakes', mistakes };
  const names = [...new Set(contacts.flatMap(({ from, to }) => [from, to]))].sort(byNumber);
  const nameOf = (id: string): string => (/^\d+$/.test(id) ? `${prefix}${id}` : id);
  const links = pairsOf(names, byPair).map(([a, b]): GeneratedLink => {
    const direction = (from: string, to: string): { contacts: GeneratedContacts } => ({
      contacts: { windows: (byPair.get(`${from} ${to}`) ?? []).map(windowOf) },
    });
    const ends = [nameOf(a), nameOf(b)] as const;
    return { ends, forward: direction(a, b), backward: direction(b, a) };
  });
  const oneWay = links.filter(
    ({ forward, backward }) =>
      forward?.contacts?.windows.length === 0 || backward?.contacts?.windows.length === 0,
  );
  const note = `${oneWay.length} of ${links.length} pairs have contacts in one direction only`;
  const topology = { nodes: names.map((id) => ({ name: nameOf(id) })), links };
  const all = oneWay.length === 0 ? warnings : [...warnings, note];
  return { kind: 'network', topology, warnings: all };
}

function pairsOf(
  names: readonly string[],
  contacts: ReadonlyMap<string, unknown>,
): readonly (readonly [string, string])[] {
  return names.flatMap((a, index) =>
    names
      .slice(index + 1)
      .filter((b) => contacts.has(`${a} ${b}`) || contacts.has(`${b} ${a}`))
      .map((b) => [a, b] as const),
  );
}

function windowOf(contact: ListedContact): GeneratedContacts['windows'][number] {
  const { startNs, endNs, rateBps, delayNs } = contact;
  return { startNs, endNs, rateBps, delayNs };
}

/** Numbers in their order, then names. */
function byNumber(a: string, b: string): number {
  const [left, right] = [Number(a), Number(b)];
  if (!(Number.isNaN(left) || Number.isNaN(right))) return left - right;
  if (Number.isNaN(left) !== Number.isNaN(right)) return Number.isNaN(left) ? 1 : -1;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Sorts the contacts of one direction. @returns what is wrong with them. */
function mistakesOf(listed: ListedContact[]): readonly ImportMistake[] {
  listed.sort((a, b) => a.startNs - b.startNs);
  return listed.flatMap(({ startNs, endNs, from, to, span, rateBps }, index) => {
    const before = listed[index - 1];
    if (endNs <= startNs) return { ...span, message: 'the contact ends before it begins' };
    if (endNs > LIFE_NS) return { ...span, message: 'the contact ends after 104 days' };
    if (rateBps <= 0) return { ...span, message: 'the rate is not above 0' };
    if (before === undefined || before.endNs <= startNs) return [];
    const message = `a contact from ${from} to ${to} begins before the one before it ends`;
    return { ...span, message, hint: 'contacts of one direction must not overlap' };
  });
}
