/**
 * Access lists of path policies: the first entry that matches an interface decides whether the
 * interface is allowed (reference private/path/pathpol/acl.go).
 *
 * @module
 */
import type { PathInterface } from '../paths/path.ts';
import { isdAsNumbers } from '../wire/isd-as.ts';
import { POLICY_LIMITS } from './geometry.ts';
import {
  fitsEverything,
  fitsInterface,
  type HopPredicate,
  parseHopPredicate,
} from './hop-predicate.ts';

/** One rule of an access list: interfaces, and whether they are allowed. */
export interface AccessEntry {
  readonly isAllowed: boolean;
  readonly predicate: HopPredicate;
}

const ANY: HopPredicate = { isd: 0, as: 0, interfaces: [0] };

/**
 * Parses an entry, `+ PREDICATE` or `- PREDICATE`; without a predicate it matches all interfaces.
 * @returns the entry, or text that says what is wrong.
 */
export function parseAccessEntry(text: string): AccessEntry | string {
  if (text.length > POLICY_LIMITS.text) return `is longer than ${POLICY_LIMITS.text} characters`;
  const [action, predicateText, ...more] = text.split(' ');
  const isKnown = action === '+' || action === '-';
  if (!isKnown || more.length > 0) return `"${text}" is neither "+ ISD-AS#IF" nor "- ISD-AS#IF"`;
  const predicate = predicateText === undefined ? ANY : parseHopPredicate(predicateText);
  return typeof predicate === 'string' ? predicate : { isAllowed: action === '+', predicate };
}

/**
 * Returns why entries are not a valid list: the last entry, and no other, must match all interfaces.
 * Undefined for a valid list.
 */
export function accessListRefusal(
  entries: readonly AccessEntry[],
): 'no-default' | 'extra-entries' | undefined {
  const first = entries.findIndex(({ predicate }) => fitsEverything(predicate));
  if (first === -1) return 'no-default';
  return first === entries.length - 1 ? undefined : 'extra-entries';
}

/**
 * True if the list allows each interface of a path. The interfaces alternate between egress and
 * ingress.
 */
export function isAllowedBy(
  entries: readonly AccessEntry[],
  interfaces: readonly PathInterface[],
): boolean {
  return interfaces.every(({ isdAs, ifId }, index) => {
    const passed = { ...isdAsNumbers(isdAs), ifId, isIngress: index % 2 === 1 };
    const entry = entries.find(({ predicate }) => fitsInterface(predicate, passed));
    return entry?.isAllowed === true;
  });
}
