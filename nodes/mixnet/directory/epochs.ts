/**
 * Converts instants to epochs, and computes the deadlines for the steps that prepare the document
 * of an epoch (docs/spec/mixnet.md, "Directory"; katzenpost, core/epochtime). The length is a
 * parameter; the deadlines are fractions of it.
 *
 * @module
 */
import type { CalendarTime, Nanoseconds } from '../../../engine/host/time.ts';
import { DELAY_CAP_MEANS } from '../../vrf/index.ts';
import {
  MIX_KEY_EPOCH_COUNT,
  PATH_MIXES_MAX,
  STEP_DEADLINE_EPOCH_EIGHTHS,
  VRF_KEY_DELAY_EPOCHS,
} from './geometry.ts';
import type { Descriptor, LoopixRates } from './model.ts';

const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1_000_000;
const EIGHTHS = 8;

/** The start of epoch 0, and the length of epochs. */
export interface EpochSchedule {
  /** Start of epoch 0, seconds since 1970; see EPOCH_ZERO_UNIX_SECONDS. */
  readonly zeroSeconds: number;
  /** Length of an epoch, integer milliseconds; see EPOCH_LENGTH_MS_DEFAULT. */
  readonly lengthMs: number;
}

/** The position of an instant within its epoch. */
export interface EpochPosition {
  readonly epoch: number;
  /** Time since the start of the epoch. */
  readonly elapsedNs: Nanoseconds;
  /** Time until the start of the next epoch; > 0. */
  readonly remainingNs: Nanoseconds;
}

/**
 * Deadlines for the steps that prepare the document of an epoch, ns after the start of the epoch
 * before it.
 */
export type DocumentStepDeadlines = {
  readonly [Step in keyof typeof STEP_DEADLINE_EPOCH_EIGHTHS]: Nanoseconds;
};

/**
 * Returns the epoch of an instant, and the instant's position in it; epochs before epoch 0 have
 * negative numbers.
 */
export function epochPositionAt(schedule: EpochSchedule, clock: CalendarTime): EpochPosition {
  const { zeroSeconds, lengthMs } = schedule;
  // The division is in whole milliseconds, since nanoseconds since 2017 would exceed the safe
  // integers.
  const wholeMs = (clock.seconds - zeroSeconds) * MS_PER_SECOND;
  const sinceMs = wholeMs + Math.floor(clock.nanos / NS_PER_MS);
  const epoch = Math.floor(sinceMs / lengthMs);
  const elapsedNs = (sinceMs - epoch * lengthMs) * NS_PER_MS + (clock.nanos % NS_PER_MS);
  return { epoch, elapsedNs, remainingNs: lengthMs * NS_PER_MS - elapsedNs };
}

/** Deadlines for the next epoch's document, ns after the start of the running epoch. */
export function computeDocumentStepDeadlines(schedule: EpochSchedule): DocumentStepDeadlines {
  const eighthNs = (schedule.lengthMs * NS_PER_MS) / EIGHTHS;
  return {
    descriptors: Math.floor(STEP_DEADLINE_EPOCH_EIGHTHS.descriptors * eighthNs),
    vote: Math.floor(STEP_DEADLINE_EPOCH_EIGHTHS.vote * eighthNs),
    reveal: Math.floor(STEP_DEADLINE_EPOCH_EIGHTHS.reveal * eighthNs),
    certificates: Math.floor(STEP_DEADLINE_EPOCH_EIGHTHS.certificates * eighthNs),
    consensus: Math.floor(STEP_DEADLINE_EPOCH_EIGHTHS.consensus * eighthNs),
  };
}

/** Epochs for which a node publishes mix keys: the present epoch and the next two. */
export function listMixKeyEpochs(epoch: number): readonly number[] {
  return Array.from({ length: MIX_KEY_EPOCH_COUNT }, (_, ahead) => epoch + ahead);
}

/**
 * Returns the epoch in which a packet reaches a hop: the sender must use the hop's key of that
 * epoch.
 * @param delayNs Sum of the delays at the hops before, ns.
 */
export function computeArrivalEpoch(
  schedule: EpochSchedule,
  now: CalendarTime,
  delayNs: Nanoseconds,
): number {
  const { epoch, elapsedNs } = epochPositionAt(schedule, now);
  return epoch + Math.floor((elapsedNs + delayNs) / (schedule.lengthMs * NS_PER_MS));
}

/**
 * True when a node's VRF key was listed so long ago that it counts: the node cannot have chosen the
 * key after it had seen the packets (docs/spec/mixnet.md, "Delays by VRF").
 */
export function isVrfKeyOldEnough(
  descriptor: Descriptor,
  at: { readonly epoch: number; readonly genesisEpoch: number },
): boolean {
  // Before the first document, nobody could have seen packets.
  if (descriptor.vrfKeySince === at.genesisEpoch) return true;
  return at.epoch >= descriptor.vrfKeySince + VRF_KEY_DELAY_EPOCHS;
}

/**
 * True when the largest total delay of a path is shorter than one epoch, so that keys for three
 * epochs always suffice; checked when a configuration is loaded.
 * @param hops Number of mixes on the path that delay, 1..20.
 */
export function isPathDelayWithinEpoch(
  rates: Pick<LoopixRates, 'mu'>,
  hops: number,
  schedule: Pick<EpochSchedule, 'lengthMs'>,
): boolean {
  if (!(rates.mu > 0) || hops > PATH_MIXES_MAX) return false;
  return (DELAY_CAP_MEANS / rates.mu) * hops < schedule.lengthMs;
}
