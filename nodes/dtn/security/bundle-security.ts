/**
 * The security of one node: applies its rules to bundles that it creates, receives and forwards (RFC 9172).
 * No block is added to fragments, and an operation on a whole payload cannot be checked on a part of it
 * (section 5.2). If rules require an operation, fragments are therefore refused: otherwise an attacker
 * could split bundles to avoid the check.
 *
 * @module
 */
import type { BundleSecurity } from '../agent/security.ts';
import type { DtnDropReason } from '../drops.ts';
import { BUNDLE_BLOCKS_MAX, PAYLOAD_BLOCK_NUMBER } from '../geometry.ts';
import type { HostEids } from '../names.ts';
import { BundleView } from '../wire/view.ts';
import { addSecurity } from './add-security.ts';
import { joinBlocks, type SplitBundle, splitIntoBlocks } from './bundle-parts.ts';
import { checkSecurity } from './check-security.ts';
import type { SecurityOptions, SecurityRule } from './options.ts';
import {
  isRewrittenAtEachHop,
  type SourceAndDestination,
  type SourceOrDestination,
  securityRulesFor,
  type TargetBlockName,
} from './policy.ts';
import { isPrimarySigned, readSecurityLayout } from './structure.ts';
import type { SecurityDropReason, SecurityTools } from './tools.ts';

/** What a {@link RuleBasedSecurity} is made from. */
export interface SecurityParts {
  readonly tools: SecurityTools;
  readonly options: SecurityOptions;
  readonly names: HostEids;
  /** Name of the host. */
  readonly own: string;
  /** Type of the CRC that blocks get when they are no longer protected by an operation. */
  readonly crcType: number;
}

/** The security of a node by the option `security`: its rules, keys and guard. */
export class RuleBasedSecurity implements BundleSecurity {
  readonly #parts: SecurityParts;
  readonly #view = new BundleView();
  /**
   * Rules for operations that this node adds. `#lasting`: on blocks that stay unchanged. `#hopping`: on
   * blocks that each node rewrites.
   */
  readonly #lasting: readonly SecurityRule[];
  readonly #hopping: readonly SecurityRule[];
  readonly #checked: readonly SecurityRule[];

  constructor(parts: SecurityParts) {
    this.#parts = parts;
    const added = parts.options.rules.filter(({ role }) => role === 'source');
    this.#checked = parts.options.rules.filter(({ role }) => role !== 'source');
    this.#lasting = parted(added, (name) => !isRewrittenAtEachHop(name));
    this.#hopping = parted(added, isRewrittenAtEachHop);
  }

  made(bundle: Uint8Array): Uint8Array | DtnDropReason {
    const guards = this.#parts.options.guard === 'bcb';
    if (this.#lasting.length === 0 && !guards) return bundle;
    this.#open(bundle);
    const ends = this.#ends(this.#view);
    // A bundle for this node itself never leaves it, and needs no security.
    if (ends.to.host === this.#parts.own) return bundle;
    const parts = splitIntoBlocks(this.#view);
    const rules = securityRulesFor(this.#lasting, ends);
    const drop = addSecurity(this.#parts.tools, parts, rules) ?? this.#checkGuard(parts);
    return drop ?? (rules.length === 0 ? bundle : joined(parts));
  }

  received(view: BundleView): Uint8Array | DtnDropReason {
    const { tools, options, own, crcType } = this.#parts;
    const bundle = view.bytes;
    if (!view.hasSecurity && options.rules.length === 0 && options.guard === 'off') return bundle;
    const parts = splitIntoBlocks(view);
    const ends = this.#ends(view);
    const isDestination = ends.to.host === own;
    if (view.isFragment) {
      return this.#checkGuard(parts) ?? this.#checkFragment(view, ends) ?? bundle;
    }
    const arrival = { rules: securityRulesFor(this.#checked, ends), isDestination, crcType };
    const drop =
      this.#checkGuard(parts) ??
      checkSecurity(tools, parts, arrival) ??
      (isDestination
        ? undefined
        : addSecurity(tools, parts, securityRulesFor(this.#lasting, ends)));
    return drop ?? (isChanged(parts, view) ? joined(parts) : bundle);
  }

  leaving(copy: Uint8Array): Uint8Array | DtnDropReason {
    const guards = this.#parts.options.guard === 'bcb';
    if (this.#hopping.length === 0 && !guards) return copy;
    this.#open(copy);
    const parts = splitIntoBlocks(this.#view);
    const exposed = this.#checkGuard(parts);
    if (exposed !== undefined || this.#view.isFragment) return exposed ?? copy;
    const rules = securityRulesFor(this.#hopping, this.#ends(this.#view));
    if (rules.length === 0) return copy;
    return addSecurity(this.#parts.tools, parts, rules) ?? joined(parts);
  }

  #open(bundle: Uint8Array): void {
    const malformed = this.#view.reopen(bundle, 0, bundle.length);
    if (malformed !== undefined) throw new Error(`this node made a bundle that is ${malformed}`);
  }

  #ends(view: BundleView): SourceAndDestination {
    const { names } = this.#parts;
    const end = (eid: SourceOrDestination['eid']): SourceOrDestination => ({
      eid,
      host: names.hostOf(eid),
    });
    return { from: end(view.source), to: end(view.destination) };
  }

  #checkFragment(
    { hasSecurity }: BundleView,
    ends: SourceAndDestination,
  ): SecurityDropReason | undefined {
    if (securityRulesFor(this.#checked, ends).some(({ role }) => role !== 'none'))
      return 'security-missing';
    // At the destination, the bundle reassembled from such fragments would be delivered encrypted or
    // unverified.
    return hasSecurity && ends.to.host === this.#parts.own ? 'security-unknown' : undefined;
  }

  /** With the option `guard: bcb`, refuses a bundle whose payload is not encrypted. */
  #checkGuard(parts: SplitBundle): SecurityDropReason | undefined {
    if (this.#parts.options.guard === 'off') return undefined;
    const layout = readSecurityLayout(parts);
    if (layout === undefined) return 'security-conflicting';
    return layout.encrypted.has(PAYLOAD_BLOCK_NUMBER) ? undefined : 'payload-in-the-clear';
  }
}

/** Encodes a bundle; a drop reason if its security blocks make it exceed the limit of blocks. */
function joined(parts: SplitBundle): Uint8Array | DtnDropReason {
  return parts.blocks.length > BUNDLE_BLOCKS_MAX ? 'too-many-blocks' : joinBlocks(parts);
}

function isChanged({ primary, blocks }: SplitBundle, view: BundleView): boolean {
  const isSame =
    blocks.length === view.blocks && primary.length === view.primaryEnd - view.start - 1;
  return !isSame || blocks.some(({ raw }) => raw === undefined);
}

/** Reduces the rules to the targets for which `isIn` is true; rules without such a target are left out. */
function parted(
  rules: readonly SecurityRule[],
  isIn: (name: TargetBlockName) => boolean,
): readonly SecurityRule[] {
  return rules
    .map((rule) => ({ ...rule, targets: rule.targets.filter(isIn) }))
    .filter(({ targets }) => targets.length > 0);
}

/**
 * True if the bundle has an integrity block for its primary block, which then needs no CRC (RFC 9171
 * section 4.3.1).
 */
export function hasSignedPrimary(view: BundleView): boolean {
  if (!view.hasSecurity) return false;
  const layout = readSecurityLayout(splitIntoBlocks(view));
  return layout !== undefined && isPrimarySigned(layout);
}
