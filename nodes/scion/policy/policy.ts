/**
 * Path policies: which paths may be used, and which first (reference private/path/pathpol/policy.go; the order of paths is
 * ours).
 *
 * @module
 */
import type { IsdAs } from '../wire/isd-as.ts';
import { isdAsNumbers } from '../wire/isd-as.ts';
import { type AccessEntry, isAllowedBy } from './access-list.ts';
import { fitsAs } from './hop-predicate.ts';
import { orderPaths, type PathOrder, type PolicyPath } from './order.ts';
import { fitsSequence, type PathSequence } from './sequence.ts';

/** Says of remote ASes whether paths to them may be used. */
export interface RemoteRule {
  /** With 0 for any ISD or AS. */
  readonly isdAs: IsdAs;
  readonly isRejected: boolean;
}

/** A policy; what is absent restricts nothing. */
export interface PathPolicy {
  readonly localIsdAses?: readonly IsdAs[] | undefined;
  /** The first that fits decides; an AS that none fits is rejected. */
  readonly remoteIsdAses?: readonly RemoteRule[] | undefined;
  readonly acl?: readonly AccessEntry[] | undefined;
  readonly sequence?: PathSequence | undefined;
  readonly options?: readonly PolicyOption[] | undefined;
  readonly order?: readonly PathOrder[] | undefined;
}

/** One of several policies, of which that of the greatest weight counts under which any path is left; its order does not. */
export interface PolicyOption {
  readonly weight: number;
  readonly policy: PathPolicy;
}

/** The paths that a policy allows, in its order. */
export function applyPathPolicy<One extends PolicyPath>(
  policy: PathPolicy,
  paths: readonly One[],
): readonly One[] {
  return orderPaths(allowedPaths(policy, paths), policy.order ?? []);
}

/** The paths that a policy allows, in the order in which they come. */
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

/** Fills in what a policy leaves out from the policies that it extends; the last one takes precedence. */
export function extendPathPolicy(policy: PathPolicy, extended: readonly PathPolicy[]): PathPolicy {
  let whole = policy;
  for (const one of [...extended].reverse()) whole = { ...defined(one), ...defined(whole) };
  return whole;
}

/** Without what is undefined, and without options if there are none. */
function defined(policy: PathPolicy): PathPolicy {
  const entries = Object.entries(policy).filter(
    ([name, value]) => value !== undefined && !(name === 'options' && value.length === 0),
  );
  return Object.fromEntries(entries);
}

/** A path inside one AS has no ends: only a policy that says nothing about ends allows it. */
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
    // Equal weights unite.
    if (option.weight < weight && allowed.size > 0) break;
    weight = option.weight;
    for (const path of allowedPaths(option.policy, paths)) allowed.add(path);
  }
  return (path) => allowed.has(path);
}
