/**
 * Encounters of a node: which neighbours are in contact with it now, which bundles each of them knows,
 * and the records that both exchange at the beginning. A record that is not answered is repeated.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { BackOff } from '../../_kit/back-off.ts';
import {
  BLOCK_TYPE,
  BUNDLE_FLAG,
  CRC_TYPE,
  ENCOUNTER_RECORD_BUNDLES_MAX,
  ENCOUNTER_RECORD_LIFETIME_MS,
  ENCOUNTER_RECORD_RETRY_NS,
  ENCOUNTER_RECORD_RETRY_NS_MAX,
} from '../geometry.ts';
import type { HostEids } from '../names.ts';
import type { CopyRouter } from '../router/router.ts';
import { EID_NONE, formatEid } from '../wire/eid.ts';
import { encodeEid } from '../wire/eid-wire.ts';
import { type BlockFields, encodeBundle, payloadBlock } from '../wire/encode.ts';
import { bundleAgeData } from '../wire/extensions.ts';
import {
  bundleIdentityHash,
  decodeEncounterRecord,
  encodeEncounterRecord,
} from './encounter-record.ts';
import type { HeldBundle } from './held-bundle.ts';
import type { Outlet } from './outlet.ts';

const NS_PER_MS = 1_000_000;
/**
 * A bundle age block with age 0, for records of nodes without a clock: bundles without a creation time
 * need an age (RFC 9171 section 4.4.2).
 */
const NEW: readonly BlockFields[] = [
  {
    ...{ type: BLOCK_TYPE.bundleAge, number: 2, flags: 0 },
    ...{ crcType: CRC_TYPE.none, data: bundleAgeData(0) },
  },
];

/** What an {@link Encounters} is made from. */
export interface EncountersParts {
  readonly own: string;
  readonly names: HostEids;
  readonly router: CopyRouter;
  /** Identities of all bundles that the node has or had, the newest first. */
  readonly known: (now: Nanoseconds) => Iterable<string>;
  /** Calendar time, ms since the DTN epoch. */
  readonly dtnMs: () => number;
  /** Time of contact plans. */
  readonly planTime: () => Nanoseconds;
}

/** A neighbour that is in contact with the node now. */
export interface Encounter {
  readonly outlet: Outlet;
  /** Names of the bundles that the neighbour knows; undefined until its record has come. */
  known: Set<number> | undefined;
  hasGreeted: boolean;
  /** Schedule of this node's record to the neighbour, until the neighbour's record has come. */
  readonly greeting: BackOff;
}

/** The encounters of one node. */
export class Encounters {
  readonly #parts: EncountersParts;
  readonly #now = new Map<string, Encounter>();
  #lastMs = 0;
  #sequence = 0;

  constructor(parts: EncountersParts) {
    this.#parts = parts;
  }

  /** The encounters with neighbours whose record has come. */
  get ready(): readonly Encounter[] {
    return [...this.#now.values()].filter(({ known }) => known !== undefined);
  }

  of(neighbour: string): Encounter | undefined {
    return this.#now.get(neighbour);
  }

  /**
   * Called when a way opens. A second way to the same neighbour does not begin a second encounter.
   */
  begin(now: Nanoseconds, outlet: Outlet): void {
    const { router, planTime } = this.#parts;
    if (this.#now.has(outlet.neighbour)) return;
    router.met?.(outlet.neighbour, planTime());
    const greeting = new BackOff({
      firstNs: ENCOUNTER_RECORD_RETRY_NS,
      mostNs: ENCOUNTER_RECORD_RETRY_NS_MAX,
    });
    greeting.start(now);
    const encounter = { outlet, known: undefined, hasGreeted: false, greeting };
    this.#now.set(outlet.neighbour, encounter);
  }

  end(outlet: Outlet): void {
    if (this.#now.get(outlet.neighbour)?.outlet === outlet) this.#now.delete(outlet.neighbour);
  }

  /** When the next record is due; Infinity if none is. */
  nextAt(): Nanoseconds {
    let next = Number.POSITIVE_INFINITY;
    for (const { greeting } of this.#now.values()) next = Math.min(next, greeting.dueNs);
    return next;
  }

  /** Puts the records that are due into the queues of their outlets. */
  greet(now: Nanoseconds): void {
    for (const encounter of this.#now.values()) {
      if (encounter.greeting.dueNs > now) continue;
      if (encounter.known === undefined) encounter.greeting.attempted(now);
      else encounter.greeting.stop();
      encounter.hasGreeted = true;
      this.#tell(now, encounter, 'greeting');
    }
  }

  /**
   * Handles a record that came from a neighbour.
   * @returns false if it is malformed, or the neighbour is not in contact.
   */
  hear(now: Nanoseconds, neighbour: string, payload: Uint8Array): boolean {
    const record = decodeEncounterRecord(payload);
    const encounter = this.#now.get(neighbour);
    if (record === undefined || encounter === undefined) return false;
    const { router, planTime } = this.#parts;
    if (router.heard?.(neighbour, record.router, planTime()) === false) return false;
    const isRepeated = encounter.known !== undefined;
    encounter.known = new Set(record.known);
    if (encounter.hasGreeted) encounter.greeting.stop();
    // A neighbour that greets again has not heard this node, or has been restarted.
    if (isRepeated && record.kind === 'greeting') this.#tell(now, encounter, 'answer');
    return true;
  }

  #tell(now: Nanoseconds, { outlet }: Encounter, kind: 'greeting' | 'answer'): void {
    const { router, planTime, known } = this.#parts;
    const names: number[] = [];
    for (const key of known(now)) {
      if (names.length === ENCOUNTER_RECORD_BUNDLES_MAX) break;
      names.push(bundleIdentityHash(key));
    }
    const own = router.record?.(outlet.neighbour, planTime()) ?? new Uint8Array(0);
    outlet.put(
      this.#bundle(
        now,
        outlet.neighbour,
        encodeEncounterRecord({ kind, known: names, router: own }),
      ),
    );
  }

  /**
   * Makes the bundle with a record. It has the highest priority, since the routes of other bundles
   * depend on it.
   */
  #bundle(now: Nanoseconds, neighbour: string, payload: Uint8Array): HeldBundle {
    const { own, names, dtnMs } = this.#parts;
    const nowMs = dtnMs();
    this.#sequence = nowMs > this.#lastMs ? 0 : this.#sequence + 1;
    this.#lastMs = Math.max(nowMs, this.#lastMs);
    const crcType = CRC_TYPE.castagnoli;
    const bytes = encodeBundle(
      {
        flags: BUNDLE_FLAG.mustNotFragment,
        crcType,
        destination: encodeEid(names.routerOf(neighbour)),
        source: encodeEid(names.routerOf(own)),
        reportTo: encodeEid(EID_NONE),
        createdMs: this.#lastMs,
        sequence: this.#sequence,
        lifetimeMs: ENCOUNTER_RECORD_LIFETIME_MS,
      },
      this.#lastMs === 0 ? NEW : [],
      payloadBlock(payload, crcType),
    );
    return {
      key: `record ${this.#lastMs}-${this.#sequence} ${neighbour}`,
      bytes,
      source: formatEid(names.nodeOf(own)),
      destination: neighbour,
      priority: 2,
      sinceNs: now,
      deadlineNs: now + ENCOUNTER_RECORD_LIFETIME_MS * NS_PER_MS,
      from: undefined,
      observerNumber: 0,
    };
  }
}
