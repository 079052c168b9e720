/**
 * Path policies: which paths may be used, and in which order (reference
 * private/path/pathpol/policy.go, which has no order of paths).
 *
 * @module
 */
import type { IsdAs } from '../wire/isd-as.ts';
import { isdAsNumbers } from '../wire/isd-as.ts';
import { type AccessEntry, isAllowedBy } from './access-list.ts';
import { fitsAs } from './hop-predicate.ts';
import { orderPaths, type PathOrder, type PolicyPath } from './order.ts';
import { fitsSequence, type PathSequence } from './sequence.ts';

/** A rule on whether paths to some remote ASes may be used. */
export interface RemoteRule {
  /** The remote AS; an ISD or AS number of 0 matches any. */
  readonly isdAs: IsdAs;
  readonly isRejected: boolean;
}

/** A policy; absent parts do not restrict paths. */
export interface PathPolicy {
  readonly localIsdAses?: readonly IsdAs[] | undefined;
  /** The first rule that matches an AS decides; an AS that no rule matches is rejected. */
  readonly remoteIsdAses?: readonly RemoteRule[] | undefined;
  readonly acl?: readonly AccessEntry[] | undefined;
  readonly sequence?: PathSequence | undefined;
  readonly options?: readonly PolicyOption[] | undefined;
  readonly order?: readonly PathOrder[] | undefined;
}

/**
 * One of several alternative policies. Of the options that allow any path, only those of the greatest weight count.
 * The path order of an option has no effect.
 */
export interface PolicyOption {
  readonly weight: number;
  readonly policy: PathPolicy;
}

/** Returns the paths that a policy allows, in the order of the policy. */
export function applyPathPolicy<One extends PolicyPath>(
  policy: PathPolicy,
  paths: readonly One[],
): readonly One[] {
  return orderPaths(allowedPaths(policy, paths), policy.order ?? []);
}

/** Returns the paths that a policy allows, in the order in which they are given. */
function allowedPaths<One extends PolicyPath>(
  policy: PathPolicy,
  paths: readonly One[],
): readonly One[] {
  const { acl, sequence, options = [] } = policy;
  let left = paths.filter((path) => isBetweenEnds(policy, path));
  if (acl !== undefined) left = left.filter(({ interfaces }) => isAllowedBy(acl, interfaces));
  if (sequence !== undefined) {
    left = left.filter(({ interfaces }) => fitsSequence(sequence, interfaces));
  }
  return options.length === 0 ? left : left.filter(isAllowedByOptions(options, left));
}

/**
 * Takes the parts that a policy does not have from the policies that it extends; the last of these
 * takes precedence.
 */
export function extendPathPolicy(policy: PathPolicy, extended: readonly PathPolicy[]): PathPolicy {
  let whole = policy;
  for (const one of [...extended].reverse()) whole = { ...defined(one), ...defined(whole) };
  return whole;
}

/** Removes undefined parts and an empty list of options from a policy. */
function defined(policy: PathPolicy): PathPolicy {
  const entries = Object.entries(policy).filter(
    ([name, value]) => value !== undefined && !(name === 'options' && value.length === 0),
  );
  return Object.fromEntries(entries);
}

/**
 * True if a policy allows the source and the target of a path. A path inside one AS is allowed only
 * if the policy has no rules on local and remote ASes.
 */
function isBetweenEnds({ localIsdAses, remoteIsdAses }: PathPolicy, path: PolicyPath): boolean {
  const { source, target } = path;
  if (localIsdAses !== undefined && (source === target || !localIsdAses.includes(source))) {
    return false;
  }
  if (remoteIsdAses === undefined) return true;
  const numbers = isdAsNumbers(target);
  const rule = remoteIsdAses.find(({ isdAs }) => fitsAs(isdAsNumbers(isdAs), numbers));
  return path.interfaces.length > 0 && rule?.isRejected === false;
}

function isAllowedByOptions<One extends PolicyPath>(
  options: readonly PolicyOption[],
  paths: readonly One[],
): (path: One) => boolean {
  const byWeight = [...options].sort((left, right) => right.weight - left.weight);
  const allowed = new Set<One>();
  let weight = Number.POSITIVE_INFINITY;
  for (const option of byWeight) {
    // Options of equal weight count together: each of their paths is allowed.
    if (option.weight < weight && allowed.size > 0) break;
    weight = option.weight;
    for (const path of allowedPaths(option.policy, paths)) allowed.add(path);
  }
  return (path) => allowed.has(path);
}
