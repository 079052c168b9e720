/**
 * Replay protection of a node: one guard for the key of each epoch, whose tags are on disk as the
 * key is. Each verdict is compared with ground truth for the metrics; ground truth does not
 * influence it (docs/spec/mixnet.md, "Replay protection").
 *
 * @module
 */
import type { GroundTruthWitness } from '../../../engine/host/protocol.ts';
import type { HostPart } from '../../_kit/host-part.ts';
import type { Behaviour } from '../behaviour.ts';
import {
  DurableTagGuard,
  FILTER_KEY_BYTES,
  type ReplayDropReason,
  ReplayFilter,
  type ReplayOptions,
  type ReplayVerdictCounters,
  type TagGuard,
  type TagSyncCallback,
  WitnessedGuard,
} from '../replay/index.ts';

/** The collaborators and settings of {@link ReplayGuardsByEpoch}. */
export interface ReplayGuardsByEpochParts {
  readonly host: HostPart<'meter' | 'name' | 'randomBytes' | 'store'>;
  readonly witness: GroundTruthWitness;
  readonly options: ReplayOptions;
  readonly replays: Behaviour['replays'];
}

/** One node's replay guards by epoch. */
export class ReplayGuardsByEpoch {
  readonly #parts: ReplayGuardsByEpochParts;
  readonly #counters: ReplayVerdictCounters;
  /**
   * Guards are created at first use, so that keys of later epochs take no memory for a filter yet.
   */
  readonly #guards = new Map<number, TagGuard>();

  constructor(parts: ReplayGuardsByEpochParts) {
    this.#parts = parts;
    const { meter } = parts.host;
    this.#counters = {
      fresh: meter.counter('mix.replay.fresh'),
      falsePositives: meter.counter('mix.replay.false_rejects'),
      falseNegatives: meter.counter('mix.replay.false_negative'),
    };
  }

  /**
   * Returns the drop reason if a packet that the key of `epoch` opened must be refused; see
   * `DurableTagGuard.enter`.
   */
  enter(epoch: number, tag: Uint8Array, onSynced: TagSyncCallback): ReplayDropReason | undefined {
    return this.#guard(epoch).enter(tag, onSynced);
  }

  /** Erases the tags of an epoch's key; the key must be destroyed first. */
  retire(epoch: number): void {
    this.#guard(epoch).retire();
    this.#guards.delete(epoch);
  }

  #guard(epoch: number): TagGuard {
    const known = this.#guards.get(epoch);
    if (known !== undefined) return known;
    const { host, witness, replays } = this.#parts;
    const inner = replays(() => this.#make(epoch));
    const guard = new WitnessedGuard(
      inner,
      { witness, space: `${host.name}/${epoch}` },
      this.#counters,
    );
    this.#guards.set(epoch, guard);
    return guard;
  }

  #make(epoch: number): DurableTagGuard {
    const { host, options } = this.#parts;
    return new DurableTagGuard({
      filter: new ReplayFilter(options, host.randomBytes(FILTER_KEY_BYTES)),
      store: host.store(`mixnet-tags-${epoch}`),
      pendingMax: options.pendingMax,
    });
  }
}
