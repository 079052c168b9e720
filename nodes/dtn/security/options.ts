/**
 * Security of bundles: the options of a node (RFC 9172, RFC 9173).
 *
 * @module
 */
import { z } from 'zod';
import { durationNsSchema } from '../../_kit/options.ts';
import { RULES_MAX } from './geometry.ts';

/** The name of a key in files. */
const keyName = z
  .string()
  .regex(/^[a-z0-9-]{1,64}$/, 'a name of a key has small letters, digits and hyphens, 64 at most');

/** A key of a node: files give only the name of a key, never its bytes. */
const keyConfig = z.strictObject({
  /** Name of the key; nodes that list the same name have the same key. */
  name: keyName,
  /** Instants at which the key is replaced, in plan time. */
  changes: z.array(durationNsSchema()).max(1_000).default([]),
  /** How long after a replacement operations under the former key are still accepted. */
  overlap: durationNsSchema().default(0),
});

const ruleConfig = z.strictObject({
  /**
   * What this node does: `source` adds the operation, `verifier` checks it and leaves it in the bundle,
   * `acceptor` checks and removes it, `none` refuses bundles that have it.
   */
  role: z.enum(['source', 'verifier', 'acceptor', 'none']),
  /** Integrity (bib) or confidentiality (bcb). */
  block: z.enum(['bib', 'bcb']),
  /** Blocks that the operation protects. */
  targets: z
    .array(z.enum(['payload', 'primary', 'previous-node', 'bundle-age', 'hop-count']))
    .min(1)
    .default(['payload']),
  /**
   * Sources of bundles to which the rule applies: a pattern of host names (`client-*`) or of endpoint
   * identifiers (`ipn:3.*`).
   */
  from: z.string().min(1).max(256).default('*'),
  /** Destinations of bundles to which the rule applies, a pattern as in `from`. */
  to: z.string().min(1).max(256).default('*'),
  /** Name of the key, one of `keys`; the role `none` needs no key. */
  key: keyName.optional(),
  /** Whether to draw a key for each bundle, and to send it in the bundle, encrypted under `key` (RFC 3394). */
  wrap: z.boolean().default(false),
  /** Length of the hash of a `bib`, bits. */
  hash: z.union([z.literal(256), z.literal(384), z.literal(512)]).default(384),
  /** Length of the AES key of a `bcb`, bits. */
  cipher: z.union([z.literal(128), z.literal(256)]).default(256),
  /** What the operation covers besides its target (RFC 9173 section 3.3.3). */
  scope: z
    .array(z.enum(['primary', 'target', 'security']))
    .default(['primary', 'target', 'security']),
  /**
   * What to do if the operation fails: `delete` the bundle, `remove` the target block, or `keep` both and only
   * count the failure. Default: delete the bundle if the target is the payload or primary block, otherwise
   * remove the target.
   */
  onFailure: z.enum(['delete', 'remove', 'keep']).optional(),
});

/** A checked rule of the options. */
export type SecurityRule = z.output<typeof ruleConfig>;
/** A checked key of the options: its name, and when it is replaced. */
export type SecurityKeyOptions = z.output<typeof keyConfig>;

/** Schema of the option `security` of `dtn` nodes. */
export const securityConfig = z
  .strictObject({
    /** The keys that this node has. */
    keys: z.array(keyConfig).max(RULES_MAX).default([]),
    /** Rules for operations; of several that match an operation, the first applies. */
    rules: z.array(ruleConfig).max(RULES_MAX).default([]),
    /** `bcb`: bundles whose payload is in the clear are neither taken nor forwarded. */
    guard: z.enum(['off', 'bcb']).default('off'),
  })
  .superRefine(({ keys, rules }, context) => {
    const refuse = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    const names = keys.map(({ name }) => name);
    for (const [index, { name, changes }] of keys.entries()) {
      if (names.indexOf(name) !== index) refuse(['keys', index, 'name'], `${name} is there twice`);
      if (changes.some((at, place) => place > 0 && at <= (changes[place - 1] as number))) {
        refuse(['keys', index, 'changes'], 'the instants are not in ascending order');
      }
    }
    for (const [index, rule] of rules.entries()) {
      const wrong = contradiction(rule, names);
      if (wrong !== undefined) refuse(['rules', index, wrong.option], wrong.message);
    }
  });

/** The checked option `security` of a `dtn` node. */
export type SecurityOptions = z.output<typeof securityConfig>;

interface Contradiction {
  readonly option: keyof SecurityRule;
  readonly message: string;
}

/** Finds why a rule cannot be obeyed; undefined if it can. */
function contradiction(
  { role, block, targets, key, onFailure }: SecurityRule,
  names: readonly string[],
): Contradiction | undefined {
  if (role !== 'none' && key === undefined) {
    return { option: 'role', message: `a rule with role ${role} needs a key` };
  }
  if (key !== undefined && !names.includes(key)) {
    const known = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`;
    return { option: 'key', message: `${key} is none of the keys of this node, ${known}` };
  }
  // RFC 9172 section 3.8 excludes the primary block, and every node has to read extension blocks.
  if (block === 'bcb' && targets.some((name) => name !== 'payload')) {
    return { option: 'targets', message: 'only the payload can be encrypted' };
  }
  const changed = targets.find((name) => name !== 'payload' && name !== 'primary');
  if (role === 'verifier' && changed !== undefined) {
    return { option: 'role', message: `each node changes ${changed}: it needs an acceptor` };
  }
  const isVital = targets.includes('payload') || targets.includes('primary');
  if (onFailure === 'remove' && isVital) {
    return { option: 'onFailure', message: 'payload and primary block cannot be removed' };
  }
  if (onFailure === 'keep' && role !== 'verifier') {
    return { option: 'onFailure', message: 'only a verifier can keep what failed' };
  }
  return undefined;
}
