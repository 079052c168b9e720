/**
 * Keys, vectors and rules for tests of security.
 *
 * @module
 */
import { createCryptoProvider } from '../../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../../engine/host/crypto.ts';
import {
  type SplitBundle,
  splitIntoBlocks,
} from '../../../../../nodes/dtn/security/bundle-parts.ts';
import { checkSecurity } from '../../../../../nodes/dtn/security/check-security.ts';
import type { SecurityKeys } from '../../../../../nodes/dtn/security/keys.ts';
import { type SecurityRule, securityConfig } from '../../../../../nodes/dtn/security/options.ts';
import type {
  SecurityCounterName,
  SecurityDropReason,
  SecurityTools,
} from '../../../../../nodes/dtn/security/tools.ts';
import { parseEid } from '../../../../../nodes/dtn/wire/eid.ts';
import { BundleView } from '../../../../../nodes/dtn/wire/view.ts';

/** Keys that have the same bytes for every use; copies, since operations wipe what they get. */
function literalKeys(keys: Readonly<Record<string, Uint8Array>>): SecurityKeys {
  return {
    current: (name) => keys[name]?.slice(),
    accepted: (name) => (keys[name] === undefined ? [] : [keys[name].slice()]),
  };
}

/** What tests give of {@link SecurityTools}. */
export interface Tooling {
  readonly keys: Readonly<Record<string, Uint8Array>>;
  readonly crypto?: CryptoProvider;
  readonly vector?: Uint8Array;
  readonly node?: string;
  readonly content?: Uint8Array;
}

/** Tools with literal keys; each counter in `counts`. */
export function toolsOf(
  { keys, crypto = createCryptoProvider('noble'), vector, node = 'ipn:2.1', content }: Tooling,
  counts: SecurityCounterName[] = [],
): SecurityTools {
  let vectors = 0;
  return {
    crypto,
    keys: literalKeys(keys),
    vectors: {
      take: (): Uint8Array => {
        vectors += 1;
        return vector?.slice() ?? Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, vectors);
      },
    },
    randomBytes: (length) => content?.slice() ?? new Uint8Array(length).fill(7),
    node: parseEid(node)!,
    count: (metric): void => void counts.push(metric),
  };
}

/** A rule with the defaults of the options. */
export function ruleOf(rule: Record<string, unknown>): SecurityRule {
  const keys = ['k', 'other', 'hop'].map((name) => ({ name }));
  const { rules } = securityConfig.parse({ keys, rules: [{ key: 'k', ...rule }] });
  return rules[0]!;
}

/**
 * A bundle taken apart; fails if it is none. Those of RFC 9173 have neither a creation time nor an
 * age, which RFC 9171 section 4.4.2 forbids: the last check of all, so everything is read by then.
 */
export function opened(bundle: Uint8Array): SplitBundle {
  const view = new BundleView();
  const malformed = view.open(bundle, 0, bundle.length);
  if (malformed !== undefined && malformed !== 'bad-extension') throw new Error(malformed);
  return splitIntoBlocks(view);
}

/** What comes of a received bundle: why it is dropped, or its parts. */
export function checked(
  tools: SecurityTools,
  bundle: Uint8Array,
  given: { readonly rules: readonly SecurityRule[]; readonly isDestination?: boolean },
): SecurityDropReason | SplitBundle {
  const parts = opened(bundle);
  const { rules, isDestination = true } = given;
  return checkSecurity(tools, parts, { rules, isDestination, crcType: 2 }) ?? parts;
}
