/**
 * A node that receives bundles from a neighbour, stores and forwards them: only its agent, without
 * sockets, on a link that is always free.
 *
 * @module
 */

import type { Store } from '../../engine/host/store.ts';
import type { CalendarTime } from '../../engine/host/time.ts';
import type { FileDisk } from '../../engine/live/file-disk.ts';
import { LiveStore } from '../../engine/live/live-store.ts';
import { SimDisk, SimStore } from '../../engine/net/sim-store.ts';
import { CborWriter } from '../../engine/pure/cbor-writer.ts';
import { TIMER_DUE } from '../../nodes/_kit/machine.ts';
import { LinkOutlet } from '../../nodes/dtn/agent/adjacency.ts';
import { BundleAgent } from '../../nodes/dtn/agent/agent.ts';
import type { AgentEffect } from '../../nodes/dtn/agent/effects.ts';
import { CORRECT_BEHAVIOUR } from '../../nodes/dtn/behaviour.ts';
import { dtnConfig } from '../../nodes/dtn/config.ts';
import { type BlockFields, type PrimaryFields, payloadBlock } from '../../nodes/dtn/index.ts';
import { HostEids } from '../../nodes/dtn/names.ts';
import { DirectRouter } from '../../nodes/dtn/router/direct.ts';
import { EID_NONE, parseEid } from '../../nodes/dtn/wire/eid.ts';
import { encodeEid } from '../../nodes/dtn/wire/eid-wire.ts';
import { encodeBundle } from '../../nodes/dtn/wire/encode.ts';
import { bundleAgeData, hopCountData, previousNodeData } from '../../nodes/dtn/wire/extensions.ts';

/** 2026-01-01T00:00:00Z, Unix and DTN time. */
const EPOCH_S = 1_767_225_600;
const EPOCH_DTN_MS = 820_540_800_000;
const LIFETIME_MS = 86_400_000;
const CRC_CASTAGNOLI = 2;
/** Time between two arrivals of bundles, ns, so that identities and instants differ. */
const SPACING_NS = 1_000;
/** Number of bundles that arrive while a sync is under way; they share the next sync. */
const SYNCED_TOGETHER = 16;

function eidBytes(text: string): Uint8Array {
  return encodeEid(parseEid(text) ?? EID_NONE);
}

const SOURCE = eidBytes('ipn:1.1');
const DESTINATION = eidBytes('ipn:3.1');
const REPORT_TO = eidBytes('dtn:none');

const block = (type: number, number: number, data: Uint8Array): BlockFields => ({
  type,
  number,
  flags: 0,
  crcType: 0,
  data,
});

/** Blocks of a bundle: previous node, hop count and age. */
export const EXTENSIONS: readonly BlockFields[] = [
  block(6, 2, previousNodeData(parseEid('ipn:1.0') ?? EID_NONE)),
  block(10, 3, hopCountData(32, 1)),
  block(7, 4, bundleAgeData(100)),
];

/** The primary block of a bundle from the first to the third of three nodes. */
export function primaryOf(sequence: number): PrimaryFields {
  return {
    flags: 0,
    crcType: CRC_CASTAGNOLI,
    destination: DESTINATION,
    source: SOURCE,
    reportTo: REPORT_TO,
    createdMs: EPOCH_DTN_MS,
    sequence,
    lifetimeMs: LIFETIME_MS,
  };
}

/** A bundle with five blocks in all, the primary block and the payload with CRC-32C. */
export function bundleOf(sequence: number, payload: Uint8Array): Uint8Array {
  return encodeBundle(primaryOf(sequence), EXTENSIONS, payloadBlock(payload, CRC_CASTAGNOLI));
}

/** A relay between two neighbours. */
export class Relay {
  /** Number of bundles that have left. */
  forwarded = 0;
  /** Bytes of the last bundle that has left. */
  lastBytes = 0;
  readonly #agent: BundleAgent<string>;
  /** Absent if bundles are in memory only. */
  readonly #store: Store | undefined;
  #ends: (() => void)[] = [];
  /** Called when a sync has ended. */
  #onEnd: () => void = () => undefined;
  #now = 0;

  /** @param disk Where durable bundles go; if absent, to a simulated disk. */
  constructor(kind: 'memory' | 'durable', disk?: FileDisk) {
    const onEnd = (end: () => void): void => {
      this.#ends.push(end);
      this.#onEnd();
    };
    if (kind === 'durable')
      this.#store = disk ? new LiveStore(disk, onEnd) : new SimStore(new SimDisk(), onEnd);
    const names = new HostEids(['a', 'b', 'c'], 'ipn');
    const link = (neighbour: string): LinkOutlet =>
      new LinkOutlet({
        link: `b--${neighbour}`,
        neighbour,
        maxBytes: 1_000_000,
        rateBps: 1e12,
        contacts: undefined,
        bytesOnLink: (bytes) => bytes,
      });
    this.#agent = new BundleAgent<string>({
      own: 'b',
      names,
      options: dtnConfig.parse({ store: { kind } }),
      behaviour: CORRECT_BEHAVIOUR,
      outlets: [link('a'), link('c')],
      router: new DirectRouter(new Set(['a', 'c'])),
      below: (): number => 0,
      clock: (): CalendarTime => {
        return { seconds: EPOCH_S + Math.floor(this.#now / 1e9), nanos: this.#now % 1e9 };
      },
      planTime: (): number => this.#now,
    });
    this.#perform(this.#agent.step(0, { kind: 'start', records: [] }));
  }

  /** Takes in bundles of the first neighbour, and sends them on. */
  pass(bundles: readonly Uint8Array[]): void {
    let unsynced = 0;
    for (const bytes of bundles) {
      this.#take(bytes);
      unsynced += 1;
      if (unsynced === SYNCED_TOGETHER) {
        this.#endSyncs();
        unsynced = 0;
      }
    }
    this.#endSyncs();
  }

  /** Like {@link pass}, with the disk of this machine: waits for its syncs. */
  async passByDisk(bundles: readonly Uint8Array[]): Promise<void> {
    for (let at = 0; at < bundles.length; at += SYNCED_TOGETHER) {
      const some = bundles.slice(at, at + SYNCED_TOGETHER);
      const expected = this.forwarded + some.length;
      for (const bytes of some) this.#take(bytes);
      while (this.forwarded < expected) {
        if (this.#ends.length === 0) {
          await new Promise<void>((ended) => {
            this.#onEnd = ended;
          });
        }
        this.#endSyncs();
      }
    }
  }

  #take(bytes: Uint8Array): void {
    this.#now += SPACING_NS;
    this.#perform(this.#agent.step(this.#now, { kind: 'bundle', bytes, from: 'a' }));
  }

  /** Ends syncs, and lets everything leave that they held back. */
  #endSyncs(): void {
    while (this.#ends.length > 0) {
      const ends = this.#ends;
      this.#ends = [];
      for (const end of ends) end();
      for (let at = this.#agent.nextAt(); at <= this.#now + SPACING_NS; at = this.#agent.nextAt()) {
        this.#now = Math.max(this.#now, at);
        this.#perform(this.#agent.step(this.#now, TIMER_DUE));
      }
    }
  }

  #perform(effects: readonly AgentEffect<string>[]): void {
    for (const effect of effects) {
      switch (effect.kind) {
        case 'transmit':
          this.forwarded += 1;
          this.lastBytes = effect.bundle.length;
          break;
        case 'put':
          this.#store?.put(effect.key, effect.value);
          break;
        case 'erase':
          this.#store?.delete(effect.key);
          break;
        case 'sync':
          this.#store?.sync(() =>
            this.#perform(this.#agent.step(this.#now, { kind: 'synced', isDurable: true })),
          );
          break;
        default:
      }
    }
  }
}

/** The buffer into which benchmarks write bundles, reused for each bundle. */
export const writer: CborWriter = new CborWriter();
