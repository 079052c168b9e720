/**
 * Checks which options can be combined: secure sums, robust rules, groups, compression and privacy. Each problem is a
 * sentence that says what to write instead.
 *
 * @module
 */
import { krumUpdatesMin } from './rules.ts';

/** The rule by which updates are combined: their sum, a median, and so on. */
export type AggregationRule =
  | { readonly kind: 'mean' }
  | { readonly kind: 'krum'; readonly lies: number }
  | { readonly kind: 'multi-krum'; readonly lies: number; readonly take: number }
  | { readonly kind: 'trimmed-mean'; readonly trim: number }
  | { readonly kind: 'median' }
  | { readonly kind: 'norm-bound' };

/** The methods that compress updates. */
export type CompressionKind = 'none' | 'bits' | 'random-k' | 'top-k' | 'threshold' | 'sketch';

/** The options that are checked for contradictions. */
export interface OptionCombination {
  readonly isSumSecure: boolean;
  readonly rule: AggregationRule;
  readonly compression: CompressionKind;
  /** Number of updates in a round. */
  readonly clients: number;
  /** Number of groups with a sum each; absent: one sum of all. */
  readonly groups?: number;
  /** Fewest inputs with which a sum is opened. */
  readonly minSum: number;
  /** True if the federation promises differential privacy. */
  readonly isPrivate: boolean;
}

/** Why these options do not work together, one sentence for each reason; empty if they do. */
export function combinationProblems(what: OptionCombination): readonly string[] {
  return [
    ...hiddenUpdates(what),
    ...hiddenPlaces(what),
    ...smallGroups(what),
    ...idleGroups(what),
    ...tooFew(what),
    ...unboundedPrivacy(what),
  ];
}

function hiddenUpdates({ isSumSecure, rule, groups }: OptionCombination): readonly string[] {
  if (!isSumSecure || rule.kind === 'mean' || groups !== undefined) return [];
  if (rule.kind === 'norm-bound') {
    return [
      'an aggregator cannot bound the norm of updates that secure aggregation hides: bound it at the clients (which a lying one does not), write groups, or secureAggregation: none',
    ];
  }
  return [
    `${rule.kind} compares updates, which secure aggregation hides: write groups, or secureAggregation: none`,
  ];
}

function hiddenPlaces({ isSumSecure, compression }: OptionCombination): readonly string[] {
  if (!isSumSecure) return [];
  if (compression !== 'top-k' && compression !== 'threshold') return [];
  return [
    `${compression} sends other coordinates for each client, so that masks do not cancel, and which ones they are tells of its data: use randomK or sketch, whose coordinates all clients share`,
  ];
}

function smallGroups({
  isSumSecure,
  clients,
  groups,
  minSum,
}: OptionCombination): readonly string[] {
  if (groups === undefined) return [];
  const smallest = Math.floor(clients / groups);
  if (smallest === 0) return [`${groups} groups of ${clients} clients leave some empty`];
  if (!isSumSecure || smallest >= minSum) return [];
  return [
    `${groups} groups of ${clients} clients have ${smallest} members, and a sum of fewer than ${minSum} is not opened: use at most ${Math.floor(clients / minSum)} groups`,
  ];
}

function idleGroups({ rule, groups }: OptionCombination): readonly string[] {
  if (groups === undefined || rule.kind !== 'mean') return [];
  return [
    'the mean of groups is that of all, and an update hides among fewer: use a rule such as median, or leave groups out',
  ];
}

function tooFew({ rule, clients, groups }: OptionCombination): readonly string[] {
  const updates = groups ?? clients;
  const what = groups === undefined ? 'updates' : 'groups';
  const needed = needs(rule);
  return updates >= needed ? [] : [`${rule.kind} needs ${needed} ${what}, there are ${updates}`];
}

function needs(rule: AggregationRule): number {
  switch (rule.kind) {
    case 'krum':
      return krumUpdatesMin(rule.lies);
    case 'multi-krum':
      return Math.max(krumUpdatesMin(rule.lies), rule.take);
    case 'trimmed-mean':
      return 2 * rule.trim + 1;
    case 'mean':
    case 'median':
    case 'norm-bound':
      return 1;
  }
}

function unboundedPrivacy({ isPrivate, rule }: OptionCombination): readonly string[] {
  if (!isPrivate || rule.kind === 'mean' || rule.kind === 'norm-bound') return [];
  return [
    `epsilon is proven for sums: how far one client moves ${rule.kind} is not bounded by clip, so use mean or norm-bound with privacy`,
  ];
}
