/**
 * The checks of a received bundle in their order (RFC 9171 section 5.6); each names the reason for
 * which it drops the bundle.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { DtnDropReason } from '../drops.ts';
import { BLOCK_FLAG, BLOCK_TYPE, CRC_TYPE } from '../geometry.ts';
import { hasSignedPrimary } from '../security/bundle-security.ts';
import { bundleWithoutBlocks } from '../security/remove-targets.ts';
import { EID_FORM } from '../wire/eid-wire.ts';
import { readPriorityBlock } from '../wire/extensions.ts';
import { BundleView } from '../wire/view.ts';
import type { EffectSink } from './effects.ts';
import { BundleEndpointCache } from './endpoints.ts';
import type { HeldBundle } from './held-bundle.ts';
import type { HeldBundles } from './holdings.ts';
import { hopsToTellCopiesApart } from './hops-to-tell-copies-apart.ts';
import { formatBundleIdentity } from './identity.ts';
import { REMAINING_LIFETIME_MS_MAX } from './origin.ts';
import type { BundleAgentParts } from './parts.ts';

const NS_PER_MS = 1_000_000;
const KNOWN_TYPES: ReadonlySet<number> = new Set(Object.values(BLOCK_TYPE));

/** A bundle that came from a neighbour and is not checked yet. */
export type ReceivedBundle = Pick<HeldBundle, 'bytes' | 'from' | 'observerNumber'>;

/** What a {@link BundleChecker} needs beside the parts of the agent. */
export interface BundleCheckerParts extends BundleAgentParts {
  readonly holdings: HeldBundles;
  readonly effects: EffectSink;
  /** Calendar time, ms since the DTN epoch. */
  readonly dtnMs: () => number;
}

/** Checks bundles of neighbours. */
export class BundleChecker {
  /** View of the bundle that was checked last. */
  readonly view: BundleView = new BundleView();
  readonly #parts: BundleCheckerParts;
  readonly #endpoints: BundleEndpointCache;
  #anonymous = 0;
  #isReportWanted = false;
  #isForRouter = false;
  #isDamaged = false;

  constructor(parts: BundleCheckerParts) {
    this.#parts = parts;
    this.#endpoints = new BundleEndpointCache(parts.names);
  }

  /**
   * True if the last bundle has a block of an unknown type with the flag that asks for a report in that
   * case.
   */
  get isReportWanted(): boolean {
    return this.#isReportWanted;
  }

  /** True if the destination of the last bundle is the router of a node and not an application. */
  get isForRouter(): boolean {
    return this.#isForRouter;
  }

  /** True if the bytes that came last are not a well-formed bundle. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** Checks a received bundle. @returns the bundle as the node would hold it, or why it is dropped. */
  check(now: Nanoseconds, received: ReceivedBundle): HeldBundle | DtnDropReason {
    const { view } = this;
    const { bytes } = received;
    this.#isReportWanted = false;
    const malformed = view.open(bytes, 0, bytes.length);
    this.#isDamaged = malformed !== undefined;
    if (malformed !== undefined) return malformed;
    const isAnonymous = view.sourceForm === EID_FORM.none;
    const source = this.#endpoints.sourceOf(view);
    const key = isAnonymous ? this.#anonymousKey() : formatBundleIdentity(view, source.text);
    const deadlineNs = now + this.#remainingMs() * NS_PER_MS;
    const drop =
      this.#checkProtection() ??
      this.#checkIdentity(now, key) ??
      (deadlineNs < now ? 'expired' : undefined);
    if (drop !== undefined) return drop;
    const known = this.#withoutUnknown(bytes);
    if (typeof known === 'string') return known;
    const secured = this.#secured(known);
    if (typeof secured === 'string') return secured;
    const exhausted = this.#checkHops();
    if (exhausted !== undefined) return exhausted;
    const { host, isRouter } = this.#endpoints.destinationOf(view);
    this.#isForRouter = isRouter;
    const { priority, isCritical } = readPriorityBlock(view);
    const hops = hopsToTellCopiesApart(
      view.hopsOrNone,
      { destination: host, isCritical },
      this.#parts,
    );
    // hot: fields are written one by one, since spreading an object costs more than all of them.
    return {
      key,
      source: isAnonymous ? '' : source.node,
      bytes: secured,
      destination: host,
      priority,
      isCritical,
      sinceNs: now,
      deadlineNs,
      hops,
      from: received.from,
      observerNumber: received.observerNumber,
    };
  }

  /**
   * Does what the flags of each block of unknown type ask for (RFC 9171 section 5.6, step 4): a report,
   * deletion of the bundle, or removal of the block together with the security operations on it.
   * @returns the remaining bytes, or why the bundle is dropped.
   */
  #withoutUnknown(bytes: Uint8Array): Uint8Array | DtnDropReason {
    const { view } = this;
    let removed: Set<number> | undefined;
    for (let index = 0; index < view.blocks; index += 1) {
      if (KNOWN_TYPES.has(view.blockType[index] as number)) continue;
      const flags = view.blockFlags[index] as number;
      if ((flags & BLOCK_FLAG.reportIfUnprocessed) !== 0) this.#isReportWanted = true;
      if ((flags & BLOCK_FLAG.deleteBundleIfUnprocessed) !== 0) return 'block-unsupported';
      if ((flags & BLOCK_FLAG.discardIfUnprocessed) !== 0) {
        removed ??= new Set();
        removed.add(index);
      }
    }
    if (removed === undefined) return bytes;
    const shorter = bundleWithoutBlocks(view, removed);
    return view.reopen(shorter, 0, shorter.length) ?? shorter;
  }

  /** Checks the security blocks. @returns the bytes of the bundle, which the view then shows. */
  #secured(bytes: Uint8Array): Uint8Array | DtnDropReason {
    const secured = this.#parts.security?.received(this.view) ?? bytes;
    if (secured === bytes || typeof secured === 'string') return secured;
    // Blocks that failed their check were removed and others decrypted (RFC 9172 section 5.1), so the
    // bundle is checked again: for example, one with creation time 0 needs an age (RFC 9171 section
    // 4.4.2).
    return this.view.reopen(secured, 0, secured.length) ?? secured;
  }

  /** RFC 9171 section 4.3.1: without CRC, an integrity block must cover the primary block. */
  #checkProtection(): DtnDropReason | undefined {
    const isProtected = this.view.crcType !== CRC_TYPE.none || hasSignedPrimary(this.view);
    const isRequired = this.#parts.options.requirePrimaryCrc;
    return isRequired && !isProtected ? 'primary-unprotected' : undefined;
  }

  #checkIdentity(now: Nanoseconds, key: string): DtnDropReason | undefined {
    const { holdings, effects } = this.#parts;
    const before = holdings.hopsOf(key, now);
    if (before === undefined) return undefined;
    effects.count('dtn.duplicate_copies');
    return (this.view.hopsOrNone ?? 0) > before ? undefined : 'duplicate';
  }

  #checkHops(): DtnDropReason | undefined {
    const { hopCount, hops, hopLimit } = this.view;
    return hopCount >= 0 && hops > hopLimit ? 'hop-limit' : undefined;
  }

  /**
   * Makes a new key for each anonymous bundle, since such bundles have no identity (RFC 9171 section
   * 4.2.7).
   */
  #anonymousKey(): string {
    this.#anonymous += 1;
    return `anonymous ${this.#anonymous}`;
  }

  /** Remaining lifetime of the last bundle, ms (RFC 9171 section 5.5); below 0 if it has expired. */
  #remainingMs(): number {
    const { createdMs, lifetimeMs, ageMs, bundleAge } = this.view;
    const { options, behaviour, dtnMs } = this.#parts;
    if (!behaviour.ages) return REMAINING_LIFETIME_MS_MAX;
    const isTimed = createdMs !== 0 && options.clock === 'host';
    const toldMs = bundleAge >= 0 ? ageMs : 0;
    const elapsedMs = isTimed ? dtnMs() - createdMs : toldMs;
    // If this node's clock is behind the source's clock, the bundle counts as just created.
    return Math.min(lifetimeMs - Math.max(0, elapsedMs), REMAINING_LIFETIME_MS_MAX);
  }
}
