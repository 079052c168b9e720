/**
 * Selects the rule of a node for an operation (RFC 9172 section 2.4 leaves policies to networks).
 *
 * @module
 */
import { NamePattern, UNLIMITED_PATTERN_WORK } from '../../../engine/pure/name-pattern.ts';
import { BLOCK_TYPE } from '../geometry.ts';
import { type Eid, formatEid } from '../wire/eid.ts';
import { findBlockByNumber, type SplitBlock, type SplitBundle } from './bundle-parts.ts';
import type { SecurityRule } from './options.ts';

/** Name of a block that a rule can have as target. */
export type TargetBlockName = SecurityRule['targets'][number];

const TARGET_TYPES: Readonly<Record<Exclude<TargetBlockName, 'primary'>, number>> = {
  payload: BLOCK_TYPE.payload,
  'previous-node': BLOCK_TYPE.previousNode,
  'bundle-age': BLOCK_TYPE.bundleAge,
  'hop-count': BLOCK_TYPE.hopCount,
};

/** True for blocks that each node rewrites, so that an operation on them lasts for one hop. */
export function isRewrittenAtEachHop(name: TargetBlockName): boolean {
  return name !== 'payload' && name !== 'primary';
}

/** Source or destination of a bundle: identifier, and name of the host if it is in the network. */
export interface SourceOrDestination {
  readonly eid: Eid;
  readonly host: string | undefined;
}

/** Source and destination of a bundle. */
export interface SourceAndDestination {
  readonly from: SourceOrDestination;
  readonly to: SourceOrDestination;
}

/** Selects the rules that apply to a bundle, in the order of the file. */
export function securityRulesFor(
  rules: readonly SecurityRule[],
  { from, to }: SourceAndDestination,
): readonly SecurityRule[] {
  return rules.filter((rule) => isEnd(rule.from, from) && isEnd(rule.to, to));
}

/**
 * True if a pattern matches the source or destination. A pattern that contains a colon is compared
 * with the endpoint identifier, any other pattern with the name of the host.
 */
function isEnd(pattern: string, { eid, host }: SourceOrDestination): boolean {
  if (pattern === '*') return true;
  const form = new NamePattern(pattern, UNLIMITED_PATTERN_WORK);
  if (pattern.includes(':')) return form.matches(formatEid(eid));
  return host !== undefined && form.matches(host);
}

/**
 * Finds the rule for an operation in a received bundle: the first of `rules` that matches and whose
 * role is not `source`.
 * @param target Number of the operation's target. If the target is an encrypted integrity block, rules
 * for any target match, since the block that it covers cannot be read before decryption.
 */
export function ruleForOperation(
  rules: readonly SecurityRule[],
  block: SecurityRule['block'],
  { parts, target }: { readonly parts: SplitBundle; readonly target: number },
): SecurityRule | undefined {
  const type = findBlockByNumber(parts, target)?.type;
  return rules.find(
    (rule) =>
      rule.role !== 'source' &&
      rule.block === block &&
      (type === BLOCK_TYPE.integrity || rule.targets.some((name) => isNamed(name, type))),
  );
}

function isNamed(name: TargetBlockName, type: number | undefined): boolean {
  return name === 'primary' ? type === undefined : TARGET_TYPES[name] === type;
}

/** Finds the number of the block with this name; undefined if the bundle has no such block. */
export function findTargetBlockNumber(
  parts: SplitBundle,
  name: TargetBlockName,
): number | undefined {
  if (name === 'primary') return 0;
  const isIt = ({ type }: SplitBlock): boolean => type === TARGET_TYPES[name];
  return parts.blocks.find(isIt)?.number;
}

/** True for primary and payload block: without them a bundle is worthless (RFC 9172 section 5.1.1). */
export function isVital({
  parts,
  target,
}: {
  readonly parts: SplitBundle;
  readonly target: number;
}): boolean {
  const type = findBlockByNumber(parts, target)?.type;
  return type === undefined || type === BLOCK_TYPE.payload;
}
