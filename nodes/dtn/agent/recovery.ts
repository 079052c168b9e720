/**
 * Restores what a restarted agent finds on its disk: the bundles that it held, with their age, and the
 * tombstones of delivered bundles. Records that it cannot read are dropped.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { deriveNodeEid, formatEid } from '../wire/eid.ts';
import { readPriorityBlock } from '../wire/extensions.ts';
import { BundleView } from '../wire/view.ts';
import type { EffectSink } from './effects.ts';
import { openHeldBundle } from './forwarded-copy.ts';
import { type HeldBundle, isOwnMessage } from './held-bundle.ts';
import type { HeldBundles, RecordWriter } from './holdings.ts';
import { hopsToTellCopiesApart } from './hops-to-tell-copies-apart.ts';
import { identifyBundle } from './identity.ts';
import type { BundleCreator } from './origin.ts';
import type { BundleAgentParts } from './parts.ts';
import {
  AGENT_RECORD_KEY,
  BUNDLE_KEY_PREFIX,
  type BundleRecord,
  decodeAgentRecord,
  decodeBundleRecord,
  decodeTombstone,
  numberInRecordKey,
  ROUTER_RECORD_KEY,
  type StoredRecord,
  TOMBSTONE_KEY_PREFIX,
} from './records.ts';
import type { UptimeClock } from './uptime-clock.ts';

const NS_PER_MS = 1_000_000;

/** What a {@link StoreRecovery} needs beside the parts of the agent. */
export interface StoreRecoveryParts extends BundleAgentParts {
  readonly holdings: HeldBundles;
  readonly effects: EffectSink;
  readonly origin: BundleCreator;
  readonly life: UptimeClock;
  readonly journal: RecordWriter | undefined;
}

/** Reads the store after a restart of the node. */
export class StoreRecovery {
  readonly #parts: StoreRecoveryParts;

  constructor(parts: StoreRecoveryParts) {
    this.#parts = parts;
  }

  /**
   * Restores bundles, tombstones and states from the records of the store.
   * @param records All records of the store, in the order of their keys: the agent's comes first.
   * @returns the bundles that were found, oldest first.
   */
  run(now: Nanoseconds, records: readonly StoredRecord[]): readonly HeldBundle[] {
    const { effects, custody, journal, holdings, life } = this.#parts;
    const found: HeldBundle[] = [];
    const numbers = new Set<number>();
    const entries = records.map(([key, value]) => {
      const bundle = key.startsWith(BUNDLE_KEY_PREFIX) ? decodeBundleRecord(value) : undefined;
      return { key, value, bundle };
    });
    // After a crash, bundles may be on disk without the newer record of the agent that was written after
    // them.
    for (const { bundle } of entries)
      if (bundle !== undefined) life.resume(now, bundle.sinceLifeMs);
    for (const { key, value, bundle } of entries) {
      const held = bundle && this.#held(now, bundle);
      if (bundle !== undefined && held !== undefined) {
        this.#countOn(held);
        holdings.restore(held, { record: numberInRecordKey(key), custody: bundle.custody });
        numbers.add(bundle.custody);
        found.push(held);
      } else if (!this.#isOther(now, key, value)) {
        effects.drop('bad-record');
        journal?.erase(now, key);
      }
    }
    const missing = custody?.missing(numbers) ?? 0;
    for (let count = 0; count < missing; count += 1) effects.count('dtn.custody.lost');
    for (const bundle of found) this.#tell(bundle);
    return found;
  }

  /**
   * Restores a tombstone, or the state of agent or router. @returns false if the record is none of
   * these.
   */
  #isOther(now: Nanoseconds, key: string, value: Uint8Array): boolean {
    const { holdings, life, origin } = this.#parts;
    const agent = key === AGENT_RECORD_KEY ? decodeAgentRecord(value) : undefined;
    if (agent !== undefined) {
      life.resume(now, agent.lifeMs);
      origin.resume(agent);
      return true;
    }
    if (key === ROUTER_RECORD_KEY) return this.#parts.copies?.resume?.(value) === true;
    const tombstone = key.startsWith(TOMBSTONE_KEY_PREFIX) ? decodeTombstone(value) : undefined;
    if (tombstone === undefined) return false;
    const leftMs = tombstone.untilLifeMs - life.ms(now);
    const ended = { key: tombstone.identity, deadlineNs: now + leftMs * NS_PER_MS };
    holdings.restoreTombstone(now, ended, numberInRecordKey(key));
    return true;
  }

  /** Makes the held bundle from its record; undefined if the bytes are not a bundle. */
  #held(now: Nanoseconds, record: BundleRecord): HeldBundle | undefined {
    const view = new BundleView();
    const { bytes, from, priority, observerNumber } = record;
    if (view.open(bytes, 0, bytes.length) !== undefined) return undefined;
    const heldNs = this.#heldMs(now, record) * NS_PER_MS;
    const destination = this.#parts.names.hostOf(view.destination);
    const urgency = readPriorityBlock(view);
    const { isCritical } = urgency;
    return {
      key: identifyBundle(view) ?? `anonymous ${now} ${record.custody}`,
      source: formatEid(deriveNodeEid(view.source)),
      bytes,
      destination,
      ...urgency,
      priority,
      sinceNs: now - heldNs,
      deadlineNs: now + record.remainingMs * NS_PER_MS - heldNs,
      hops: hopsToTellCopiesApart(view.hopsOrNone, { destination, isCritical }, this.#parts),
      from,
      observerNumber,
      // A fragment that came from no neighbour was cut by this node.
      isPart: from === undefined && view.isFragment,
    };
  }

  /**
   * Ensures that no new bundle gets the number or creation timestamp of this bundle, which was found on
   * disk.
   */
  #countOn(bundle: HeldBundle): void {
    const { own, origin } = this.#parts;
    const { from, isPart, bytes, observerNumber } = bundle;
    if ((from !== undefined && from !== own) || isPart === true) return;
    const view = new BundleView();
    openHeldBundle(view, bytes);
    const { createdMs: lastMs, sequence } = view;
    origin.resume({ lastMs, sequence, made: isOwnMessage(bundle) ? observerNumber : 0 });
  }

  /** How long the node has had the bundle, ms: at least as long as when the store was last written. */
  #heldMs(now: Nanoseconds, { sinceLifeMs, sinceDtnMs }: BundleRecord): number {
    const { life, origin } = this.#parts;
    return Math.max(0, life.ms(now) - sinceLifeMs, origin.dtnMs() - sinceDtnMs);
  }

  #tell(bundle: HeldBundle): void {
    const { effects, holdings } = this.#parts;
    holdings.acceptCustody(bundle);
    effects.count('dtn.recovered');
    if (isOwnMessage(bundle))
      effects.report({ kind: 'accepted', observerNumber: bundle.observerNumber });
    else effects.report({ kind: 'arrived', key: bundle.observerNumber });
  }
}
