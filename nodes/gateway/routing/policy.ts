/**
 * Routing policies: which prefixes a gateway announces to which AS, and which it accepts from which (scionproto/scion,
 * `gateway/routing`, `Policy`).
 *
 * A rule is a line `accept|reject|advertise FROM TO PREFIXES`; a `#` begins a comment. FROM and TO are each an ISD-AS, in
 * which 0 stands for any ISD or any AS; a `!` before it means all others. PREFIXES are separated by commas; a `!` before them
 * means all addresses outside of them. For a prefix that comes from another AS, FROM is that AS and TO our own; for one that
 * we announce it is the other way round. The first rule that matches an address decides; an address that no rule matches is
 * rejected.
 *
 * Rules `redistribute-bgp` and next hops are of no use here, and refused.
 *
 * @module
 */
import { type IsdAs, isdAsNumbers, parseIsdAs } from '../../scion/index.ts';
import { PREFIXES_PER_PEER_MAX, ROUTING_POLICY_LIMITS } from './geometry.ts';
import {
  containsPrefix,
  halvesOf,
  type IpPrefix,
  isSamePrefix,
  parseIpPrefix,
} from './ip-prefix.ts';

/** The actions of rules. */
export const ROUTING_ACTIONS = ['accept', 'reject', 'advertise'] as const;
/** One of {@link ROUTING_ACTIONS}. */
export type RoutingAction = (typeof ROUTING_ACTIONS)[number];

interface IsdAsMatcher {
  readonly isdAs: IsdAs;
  readonly isNegated: boolean;
}

interface PrefixMatcher {
  readonly prefixes: readonly IpPrefix[];
  readonly isNegated: boolean;
}

/** One line of a policy. */
export interface RoutingRule {
  readonly action: RoutingAction;
  readonly from: IsdAsMatcher;
  readonly to: IsdAsMatcher;
  readonly networks: PrefixMatcher;
}

/** Rules in order; the first one that fits decides. */
export type RoutingPolicy = readonly RoutingRule[];

/** What is wrong with the text of a policy, and where; lines and columns are counted from 1. */
export interface RoutingPolicyMistake {
  readonly line: number;
  readonly column: number;
  /** The first column after the mistake. */
  readonly endColumn: number;
  readonly reason: string;
  /** The words of which one was expected at this place. */
  readonly words?: readonly string[];
}

interface Word {
  readonly text: string;
  readonly column: number;
}

const COLUMNS = ['FROM', 'TO', 'PREFIXES'] as const;
const FORM = 'a rule is accept, reject or advertise, then FROM, TO and PREFIXES';

/** Parses the text of a policy. @returns the rules, or the first mistake. */
export function parseRoutingPolicy(text: string): RoutingPolicy | RoutingPolicyMistake {
  const { text: textMax, rules: rulesMax, prefixes: prefixesMax } = ROUTING_POLICY_LIMITS;
  if (text.length > textMax) return mistakeAt(1, 1, `is longer than ${textMax} characters`);
  const rules: RoutingRule[] = [];
  let prefixes = 0;
  let advertised = 0;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const words = wordsOf(line);
    if (words.length === 0) continue;
    const rule = parseRule(index + 1, words);
    if ('reason' in rule) return rule;
    const count = rule.networks.prefixes.length;
    prefixes += count;
    if (rule.action === 'advertise') advertised += count;
    const refuse = (reason: string): RoutingPolicyMistake => mistakeAt(index + 1, 1, reason);
    if (rules.length === rulesMax) return refuse(`there are more than ${rulesMax} rules`);
    if (prefixes > prefixesMax) return refuse(`there are more than ${prefixesMax} prefixes`);
    if (advertised > PREFIXES_PER_PEER_MAX) {
      return refuse(`more than ${PREFIXES_PER_PEER_MAX} prefixes are announced`);
    }
    rules.push(rule);
  }
  return rules;
}

/** The prefixes that a gateway of the AS `own` announces to the AS `peer`, each once, in the order of the rules. */
export function advertisedPrefixes(
  policy: RoutingPolicy,
  { own, peer }: { readonly own: IsdAs; readonly peer: IsdAs },
): readonly IpPrefix[] {
  const all = policy.filter(
    ({ action, from, to }) => action === 'advertise' && fits(from, own) && fits(to, peer),
  );
  const prefixes = all.flatMap(({ networks }) => networks.prefixes);
  return prefixes.filter(
    (prefix, index) => prefixes.findIndex((one) => isSamePrefix(one, prefix)) === index,
  );
}

/** Every prefix that a gateway of the AS `own` announces to anybody. */
export function ownPrefixes(policy: RoutingPolicy, own: IsdAs): readonly IpPrefix[] {
  return policy.flatMap(({ action, from, networks }) =>
    action === 'advertise' && fits(from, own) ? networks.prefixes : [],
  );
}

/**
 * The amount of work that is still allowed for an announcement, as a number of comparisons of two
 * prefixes.
 */
export interface PolicyWork {
  left: number;
}

/**
 * The parts of an announced prefix that a gateway of the AS `own` accepts from the AS `peer`. The
 * result is the prefix itself if the policy accepts it completely, and empty if the work would
 * exceed what is left.
 */
export function acceptedParts(
  policy: RoutingPolicy,
  { own, peer }: { readonly own: IsdAs; readonly peer: IsdAs },
  announced: IpPrefix,
  work: PolicyWork,
): readonly IpPrefix[] {
  const rules = policy.filter(
    ({ action, from, to }) => action !== 'advertise' && fits(from, peer) && fits(to, own),
  );
  const accepted: IpPrefix[] = [];
  const open: { readonly part: IpPrefix; readonly rules: RoutingPolicy }[] = [
    { part: announced, rules },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { part } = next;
    const near = rulesNear(next.rules, part, work);
    if (work.left <= 0) return [];
    const decision = decide(near, part);
    if (decision === 'accept') accepted.push(part);
    else if (decision === 'split') {
      const [lower, upper] = halvesOf(part);
      open.push({ part: upper, rules: near }, { part: lower, rules: near });
    }
  }
  return accepted;
}

/** The rules, reduced to those prefixes that have addresses in common with a part. */
function rulesNear(rules: RoutingPolicy, part: IpPrefix, work: PolicyWork): RoutingPolicy {
  return rules.map((rule) => {
    const { prefixes, isNegated } = rule.networks;
    work.left -= 1 + prefixes.length;
    const near = prefixes.filter((one) => containsPrefix(one, part) || containsPrefix(part, one));
    return { ...rule, networks: { prefixes: near, isNegated } };
  });
}

/**
 * The decision of the first rule that fits a part; `split` if only some addresses of the part fit
 * this rule.
 */
function decide(near: RoutingPolicy, part: IpPrefix): 'accept' | 'reject' | 'split' {
  for (const { action, networks } of near) {
    const { prefixes, isNegated } = networks;
    const isInside = prefixes.some((prefix) => containsPrefix(prefix, part));
    if (prefixes.length > 0 && !isInside) return 'split';
    if (isInside !== isNegated) return action === 'accept' ? 'accept' : 'reject';
  }
  return 'reject';
}

/** True if a matcher fits an AS. In a matcher, 0 as ISD or as AS fits any number. */
function fits({ isdAs, isNegated }: IsdAsMatcher, one: IsdAs): boolean {
  const wanted = isdAsNumbers(isdAs);
  const { isd, as } = isdAsNumbers(one);
  const isFit = (wanted.isd === 0 || wanted.isd === isd) && (wanted.as === 0 || wanted.as === as);
  return isFit !== isNegated;
}

function wordsOf(line: string): readonly Word[] {
  const [rule = ''] = line.split('#');
  return [...rule.matchAll(/\S+/g)].map(({ 0: text, index }) => ({ text, column: index + 1 }));
}

function parseRule(line: number, words: readonly Word[]): RoutingRule | RoutingPolicyMistake {
  const [first, from, to, networks, extra] = words as [Word, ...(Word | undefined)[]];
  const action = ROUTING_ACTIONS.find((one) => one === first.text);
  if (action === undefined) {
    const mistake = mistakeOf(line, first, `"${first.text}" is no action`);
    return { ...mistake, words: ROUTING_ACTIONS };
  }
  if (from === undefined || to === undefined || networks === undefined) {
    const last = words.at(-1) as Word;
    const missing = COLUMNS[words.length - 1] as string;
    return mistakeAt(line, last.column + last.text.length, `${missing} is missing: ${FORM}`);
  }
  if (extra !== undefined) return mistakeOf(line, extra, `"${extra.text}" is too much: ${FORM}`);
  const fromMatcher = parseMatcher(from.text);
  if (typeof fromMatcher === 'string') return mistakeOf(line, from, fromMatcher);
  const toMatcher = parseMatcher(to.text);
  if (typeof toMatcher === 'string') return mistakeOf(line, to, toMatcher);
  const prefixes = parseNetworks(line, networks);
  if ('reason' in prefixes) return prefixes;
  if (action === 'advertise' && prefixes.isNegated) {
    return mistakeOf(line, networks, 'all addresses but some cannot be announced');
  }
  return { action, from: fromMatcher, to: toMatcher, networks: prefixes };
}

function parseMatcher(text: string): IsdAsMatcher | string {
  const isNegated = text.startsWith('!');
  const read = parseIsdAs(isNegated ? text.slice(1) : text);
  return read.kind === 'isd-as' ? { isdAs: read.isdAs, isNegated } : read.reason;
}

function parseNetworks(line: number, { text, column }: Word): PrefixMatcher | RoutingPolicyMistake {
  const isNegated = text.startsWith('!');
  let at = column + (isNegated ? 1 : 0);
  const prefixes: IpPrefix[] = [];
  for (const one of text.slice(isNegated ? 1 : 0).split(',')) {
    const prefix = parseIpPrefix(one);
    if (typeof prefix === 'string') return mistakeOf(line, { text: one, column: at }, prefix);
    prefixes.push(prefix);
    at += one.length + 1;
  }
  return { prefixes, isNegated };
}

function mistakeOf(line: number, { text, column }: Word, reason: string): RoutingPolicyMistake {
  return { line, column, endColumn: column + Math.max(1, text.length), reason };
}

function mistakeAt(line: number, column: number, reason: string): RoutingPolicyMistake {
  return { line, column, endColumn: column + 1, reason };
}
