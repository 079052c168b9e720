/**
 * Access lists of path policies: the first entry that an interface fits decides about it (reference
 * private/path/pathpol/acl.go).
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

/** Reads an entry, `+ PREDICATE` or `- PREDICATE`; without a predicate it is about all interfaces. */
export function parseAccessEntry(text: string): AccessEntry | string {
  if (text.length > POLICY_LIMITS.text) return `is longer than ${POLICY_LIMITS.text} characters`;
  const [action, predicateText, ...more] = text.split(' ');
  const isKnown = action === '+' || action === '-';
  if (!isKnown || more.length > 0) return `"${text}" is neither "+ ISD-AS#IF" nor "- ISD-AS#IF"`;
  const predicate = predicateText === undefined ? ANY : parseHopPredicate(predicateText);
  return typeof predicate === 'string' ? predicate : { isAllowed: action === '+', predicate };
}

/** Why entries are no list: the last one, and no other, must be about all interfaces. */
export function accessListRefusal(
  entries: readonly AccessEntry[],
): 'no-default' | 'extra-entries' | undefined {
  const first = entries.findIndex(({ predicate }) => fitsEverything(predicate));
  if (first === -1) return 'no-default';
  return first === entries.length - 1 ? undefined : 'extra-entries';
}

/** True if the list allows each interface of a path; they alternate between egress and ingress. */
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
