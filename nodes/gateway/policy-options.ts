/**
 * Gateway: the option `policy`, with the keys of the reference (scionproto/scion, private/path/pathpol, JSON form), and
 * `order`.
 *
 * A policy extends others by their names in `policies`; none may extend itself.
 *
 * @module
 */
import { z } from 'zod';
import {
  type AccessEntry,
  accessListRefusal,
  extendPathPolicy,
  type IsdAs,
  PATH_ORDERS,
  type PathPolicy,
  type PathSequence,
  POLICY_LIMITS,
  type PolicyOption,
  parseAccessEntry,
  parseIsdAs,
  parseSequence,
  stateCountOf,
} from '../scion/index.ts';

const { entries: ACCESS_ENTRIES_MAX, extended: EXTENDS_MAX, named: POLICIES_MAX } = POLICY_LIMITS;
const { size: POLICY_SIZE_MAX, text: POLICY_TEXT_MAX } = POLICY_LIMITS;

const REFUSALS = {
  'no-default': 'has no entry for all interfaces at its end, "+" or "-"',
  'extra-entries': 'has entries after one for all interfaces, which nothing reaches',
} as const;

const isdAsText = z.string().transform((text, context): IsdAs => {
  const read = parseIsdAs(text);
  if (read.kind === 'isd-as') return read.isdAs;
  context.issues.push({ code: 'custom', input: text, message: read.reason });
  return z.NEVER;
});

const accessEntry = z.string().transform((text, context): AccessEntry => {
  const read = parseAccessEntry(text);
  if (typeof read !== 'string') return read;
  context.issues.push({ code: 'custom', input: text, message: read });
  return z.NEVER;
});

const accessList = z
  .array(accessEntry)
  .max(ACCESS_ENTRIES_MAX)
  .superRefine((entries, context) => {
    const refusal = accessListRefusal(entries);
    if (refusal !== undefined) context.addIssue({ code: 'custom', message: REFUSALS[refusal] });
  });

const sequence = z.string().transform((text, context): PathSequence => {
  const read = parseSequence(text);
  if (!('reason' in read)) return read;
  const message = `${read.reason}, at character ${read.offset + 1}`;
  context.issues.push({ code: 'custom', input: text, message });
  return z.NEVER;
});

const remoteRule = z
  .strictObject({
    /** The ASes to which the rule applies; 0 stands for any ISD or any AS. */
    isd_as: isdAsText,
    /** True if no path to these ASes may be used. */
    reject: z.boolean().default(false),
  })
  .transform(({ isd_as: isdAs, reject: isRejected }) => ({ isdAs, isRejected }));

const name = z.string().max(POLICY_TEXT_MAX);

const plain = {
  /** Names of the policies that this one extends; the last has precedence. */
  extends: z.array(name).max(EXTENDS_MAX).default([]),
  /** ASes in which paths may begin. */
  local_isd_ases: z.array(isdAsText).max(ACCESS_ENTRIES_MAX).optional(),
  /** ASes to which paths may lead: the first rule that fits decides; a path that fits no rule may not be used. */
  remote_isd_ases: z.array(remoteRule).max(ACCESS_ENTRIES_MAX).optional(),
  /** Interfaces that paths may pass: `+ ISD-AS#IF` or `- ISD-AS#IF`; the last entry is `+` or `-` alone. */
  acl: accessList.optional(),
  /** ASes that paths pass in this order, for example `1-ff00:0:110 0* 2-ff00:0:210`. */
  sequence: sequence.optional(),
};

/** A policy without options of its own. */
const single = z.strictObject({ ...plain });
const weighted = z.strictObject({
  /** The options with the greatest weight are tried first. */
  weight: z.int().min(-1_000_000).max(1_000_000),
  /** The policy that applies if it leaves any path. */
  policy: single,
});
const options = z.array(weighted).max(POLICIES_MAX).default([]);
const order = z.array(z.enum(PATH_ORDERS)).max(PATH_ORDERS.length).default([]);
const named = z.strictObject({ ...plain, options });

/** Schema of a policy: a sequence as text, or a map. */
export const pathPolicySchema = z
  .union([
    sequence,
    z.strictObject({
      ...plain,
      /**
       * Policies of which those apply that have the greatest weight and leave any path; their paths
       * are united.
       */
      options,
      /**
       * The properties by which paths are sorted, with the best paths first. A path without a known
       * value comes last.
       */
      order,
      /** Policies that others extend, by name. */
      policies: z
        .record(name, named)
        .refine((all) => Object.keys(all).length <= POLICIES_MAX, {
          message: `has more than ${POLICIES_MAX} policies`,
        })
        .default({}),
    }),
  ])
  .transform((file, context): PathPolicy => {
    if ('automaton' in file) return { sequence: file };
    const read = new PolicyResolver(file.policies).resolve(file);
    if (typeof read !== 'string') return { ...read, order: file.order };
    context.issues.push({ code: 'custom', input: file, message: read });
    return z.NEVER;
  });

type NamedPolicies = Readonly<Record<string, z.output<typeof named>>>;
type OnePolicy = z.output<typeof single> & { readonly options?: z.output<typeof options> };

/** Combines each policy with those that it extends. */
class PolicyResolver {
  readonly #all: NamedPolicies;
  /** The named policies that were combined so far, each once; undefined while a policy is being combined. */
  readonly #known = new Map<string, PathPolicy | undefined>();
  /** Sizes of options, as `sizeOf` counts them. */
  readonly #sizes = new Map<readonly PolicyOption[], number>();

  constructor(all: NamedPolicies) {
    this.#all = all;
  }

  /** @returns the combined policy, or why the file's policy is refused. */
  resolve(file: OnePolicy): PathPolicy | string {
    const extended: PathPolicy[] = [];
    for (const one of file.extends) {
      const read = this.#named(one);
      if (typeof read === 'string') return read;
      extended.push(read);
    }
    const chosen: PolicyOption[] = [];
    for (const { weight, policy } of file.options ?? []) {
      const read = this.resolve(policy);
      if (typeof read === 'string') return read;
      chosen.push({ weight, policy: read });
    }
    const own: PathPolicy = {
      localIsdAses: file.local_isd_ases,
      remoteIsdAses: file.remote_isd_ases,
      acl: file.acl,
      sequence: file.sequence,
      options: chosen,
    };
    const whole = extendPathPolicy(own, extended);
    const isTooLarge = this.#sizeOf(whole) > POLICY_SIZE_MAX;
    return isTooLarge
      ? `has more than ${POLICY_SIZE_MAX} entries and hops, with its options`
      : whole;
  }

  #named(wanted: string): PathPolicy | string {
    if (!Object.hasOwn(this.#all, wanted)) {
      return `extends "${wanted}", which is not among its policies`;
    }
    const known = this.#known.get(wanted);
    if (known !== undefined) return known;
    if (this.#known.has(wanted)) return `"${wanted}" extends itself`;
    this.#known.set(wanted, undefined);
    const read = this.resolve(this.#all[wanted] as z.output<typeof named>);
    if (typeof read !== 'string') this.#known.set(wanted, read);
    return read;
  }

  /**
   * Number of entries and states with which a hop of a path may be compared, including those of the
   * policies in `options`.
   */
  #sizeOf({
    acl = [],
    remoteIsdAses = [],
    sequence: own,
    options: chosen = [],
  }: PathPolicy): number {
    const states = own === undefined ? 0 : stateCountOf(own);
    let size = this.#sizes.get(chosen);
    if (size === undefined) {
      size = chosen.reduce((sum, { policy }) => sum + this.#sizeOf(policy), 1);
      this.#sizes.set(chosen, size);
    }
    return size + acl.length + remoteIsdAses.length + states;
  }
}
