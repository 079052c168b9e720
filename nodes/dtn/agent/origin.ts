/**
 * Makes bundles from application messages, with creation timestamps that never repeat (RFC 9171
 * sections 4.2.7 and 5.2).
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import type { SendWishes } from '../../../engine/host/transport.ts';
import type { DtnOptions } from '../config.ts';
import type { DtnDropReason } from '../drops.ts';
import { BLOCK_FLAG, BLOCK_TYPE, BUNDLE_FLAG, CRC_TYPE, DTN_EPOCH_S } from '../geometry.ts';
import { deriveNodeEid, EID_NONE, type Eid, formatEid } from '../wire/eid.ts';
import { encodeEid } from '../wire/eid-wire.ts';
import { type BlockFields, type CrcType, encodeBundle, payloadBlock } from '../wire/encode.ts';
import {
  type BundleUrgency,
  bundleAgeData,
  hopCountData,
  priorityBlockData,
} from '../wire/extensions.ts';
import type { HeldBundle } from './held-bundle.ts';
import { hopsToTellCopiesApart } from './hops-to-tell-copies-apart.ts';
import type { BundleAgentParts } from './parts.ts';
import { reportRequestFlags } from './report-flags.ts';

const MS_PER_S = 1_000;
const NS_PER_MS = 1_000_000;
/**
 * Longest remaining lifetime that is used, ms (52 days); a longer one is cut to it, so that deadlines in ns
 * are exact integers.
 */
export const REMAINING_LIFETIME_MS_MAX: number = Number.MAX_SAFE_INTEGER / NS_PER_MS / 2;
/** The least number that a block other than the payload may have (section 4.3.2). */
const FIRST_NUMBER = 2;
/** CRC type (RFC 9171 section 4.2.1) for each value of the option `crc`. */
export const CRC_TYPE_BY_OPTION: Readonly<Record<DtnOptions['crc'], CrcType>> = {
  none: CRC_TYPE.none,
  '16': CRC_TYPE.x25,
  '32c': CRC_TYPE.castagnoli,
};

/** What a {@link BundleCreator} is made from. */
export type BundleCreatorParts = Pick<
  BundleAgentParts,
  | 'own'
  | 'names'
  | 'options'
  | 'behaviour'
  | 'clock'
  | 'security'
  | 'below'
  | 'keyOf'
  | 'copies'
  | 'router'
>;

/** A message of an application, from which a bundle is made. */
export interface ApplicationMessage {
  /** Name of the destination host. */
  readonly to: string;
  readonly body: Uint8Array;
  readonly wishes: SendWishes;
}

/** A status report that is to be sent to an endpoint. */
export interface OutgoingStatusReport {
  /** Name of the endpoint's host. */
  readonly to: string;
  readonly reportTo: Eid;
  readonly body: Uint8Array;
}

/**
 * The creation timestamp that was assigned last (time and sequence number), and the number of
 * bundles made.
 */
export interface BundleCreatorState {
  readonly lastMs: number;
  readonly sequence: number;
  readonly made: number;
}

/** Makes the bundles whose source is this node. */
export class BundleCreator {
  readonly #parts: BundleCreatorParts;
  #lastMs = 0;
  #sequence = 0;
  /** Number of bundles made. */
  #made = 0;

  constructor(parts: BundleCreatorParts) {
    this.#parts = parts;
  }

  /** The state that must survive a restart, so that no creation timestamp is used twice. */
  get memory(): BundleCreatorState {
    return { lastMs: this.#lastMs, sequence: this.#sequence, made: this.#made };
  }

  /** Continues from a state before a restart; called with several such states, the latest counts. */
  resume({ lastMs, sequence, made }: BundleCreatorState): void {
    this.#made = Math.max(this.#made, made);
    if (lastMs < this.#lastMs) return;
    this.#sequence = lastMs > this.#lastMs ? sequence : Math.max(this.#sequence, sequence);
    this.#lastMs = lastMs;
  }

  /** Calendar time, ms since the DTN epoch; 0 with the option `clock: none`. */
  dtnMs(): number {
    if (this.#parts.options.clock === 'none') return 0;
    const { seconds, nanos } = this.#parts.clock();
    return (seconds - DTN_EPOCH_S) * MS_PER_S + Math.floor(nanos / NS_PER_MS);
  }

  /** Makes a bundle of the node itself with an administrative record (section 6). */
  createReport(now: Nanoseconds, { to, reportTo, body }: OutgoingStatusReport): HeldBundle {
    const { own, names, options } = this.#parts;
    const { createdMs, sequence } = this.#timestamp();
    const crcType = CRC_TYPE_BY_OPTION[options.crc];
    const source = names.nodeOf(own);
    const lifetimeMs = Math.max(1, Math.floor(options.lifetime / NS_PER_MS));
    const primary = {
      flags: BUNDLE_FLAG.isAdministrative,
      crcType,
      destination: encodeEid(reportTo),
      source: encodeEid(source),
      reportTo: encodeEid(EID_NONE),
      createdMs,
      sequence,
      lifetimeMs,
    };
    const bytes = encodeBundle(primary, this.#extensions({}), payloadBlock(body, crcType));
    return {
      key: `${formatEid(source)} ${createdMs}-${sequence}`,
      source: formatEid(source),
      bytes,
      destination: to,
      priority: 1,
      sinceNs: now,
      deadlineNs: now + lifetimeMs * NS_PER_MS,
      hops: hopsToTellCopiesApart(0, { destination: to }, this.#parts),
      // `from` is set so that a full store may delete the report, as it may not delete bundles of
      // applications.
      from: own,
      observerNumber: this.#parts.keyOf?.(bytes) ?? 0,
    };
  }

  /** Makes the bundle of a message. @returns the bundle, or why its security rules refuse it. */
  create(now: Nanoseconds, { to, body, wishes }: ApplicationMessage): HeldBundle | DtnDropReason {
    const { own, names, options, behaviour } = this.#parts;
    const { createdMs, sequence } = this.#timestamp();
    this.#made += 1;
    const lifetimeNs = wishes.lifetime ?? options.lifetime;
    const lifetimeMs = Math.max(1, Math.floor(lifetimeNs / NS_PER_MS));
    const crcType = CRC_TYPE_BY_OPTION[options.crc];
    const source = names.applicationOf(own);
    const flags = reportRequestFlags(options.reports);
    const bytes = encodeBundle(
      {
        flags,
        crcType,
        destination: encodeEid(names.applicationOf(to)),
        source: encodeEid(source),
        reportTo: encodeEid(flags === 0 ? EID_NONE : names.nodeOf(own)),
        createdMs,
        sequence,
        lifetimeMs,
      },
      this.#extensions(wishes),
      payloadBlock(body, CRC_TYPE_BY_OPTION[options.payloadCrc ?? options.crc]),
    );
    const secured = this.#parts.security?.made(bytes) ?? bytes;
    if (typeof secured === 'string') return secured;
    const urgency = this.#readPriorityBlock(wishes);
    const { isCritical } = urgency;
    return {
      key: `${formatEid(source)} ${createdMs}-${sequence}`,
      source: formatEid(deriveNodeEid(source)),
      bytes: secured,
      destination: to,
      ...urgency,
      sinceNs: now,
      deadlineNs: now + (behaviour.ages ? lifetimeMs : REMAINING_LIFETIME_MS_MAX) * NS_PER_MS,
      hops: hopsToTellCopiesApart(0, { destination: to, isCritical }, this.#parts),
      from: undefined,
      observerNumber: this.#made,
    };
  }

  #readPriorityBlock({ priority = 1 }: SendWishes): BundleUrgency {
    return { priority, isCritical: this.#parts.options.critical === 'expedited' && priority === 2 };
  }

  /**
   * Makes the extension blocks of a bundle: hop count; the age on a node without a clock; the priority if it
   * is not normal.
   */
  #extensions(wishes: SendWishes): readonly BlockFields[] {
    const { options } = this.#parts;
    const urgency = this.#readPriorityBlock(wishes);
    const blocks: (readonly [type: number, data: Uint8Array, flags: number])[] = [
      // Replicated in each fragment: fragments take different routes, and each counts its own hops.
      [BLOCK_TYPE.hopCount, hopCountData(options.hopLimit, 0), BLOCK_FLAG.replicate],
    ];
    // Section 4.4.2: a bundle without creation time has an age, and so has each of its fragments.
    if (options.clock === 'none')
      blocks.push([BLOCK_TYPE.bundleAge, bundleAgeData(0), BLOCK_FLAG.replicate]);
    if (urgency.priority !== 1) {
      // Every fragment is as urgent as the whole.
      blocks.push([BLOCK_TYPE.priority, priorityBlockData(urgency), BLOCK_FLAG.replicate]);
    }
    return blocks.map(([type, data, flags], index) => {
      return { type, number: FIRST_NUMBER + index, flags, crcType: CRC_TYPE.none, data };
    });
  }

  /**
   * Section 4.2.7: the sequence number starts at 0 again when the creation time advances. The creation
   * time never goes back. Without a clock it stays 0, and the sequence number only grows.
   */
  #timestamp(): { readonly createdMs: number; readonly sequence: number } {
    const { clock, store } = this.#parts.options;
    const isFirst = this.#made === 0;
    if (clock === 'none' && store.kind === 'memory' && isFirst) {
      // Sequence numbers from before a restart are not known: a random first number is unlikely to repeat
      // one of them.
      this.#sequence = this.#parts.below(2 ** 32);
    }
    const nowMs = this.dtnMs();
    this.#sequence = nowMs > this.#lastMs ? 0 : this.#sequence + 1;
    this.#lastMs = Math.max(nowMs, this.#lastMs);
    return { createdMs: this.#lastMs, sequence: this.#sequence };
  }
}
