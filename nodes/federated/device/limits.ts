/**
 * Computes what a round costs a device, and which limits of the device it would exceed. A client does not
 * start such a round, and tells the aggregator which limit is the reason.
 *
 * @module
 */

const NS_PER_S = 1e9;
/**
 * Memory per weight of the model during training, bytes: 4 for the model, 4 for the update, and 8 for the
 * gradient.
 */
const BYTES_PER_WEIGHT = 16;
const BYTES_PER_FEATURE = 4;

/** The computation and transfer that a round asks of a client; `inputs`: features per example. */
export interface RoundWork {
  readonly parameters: number;
  readonly examples: number;
  readonly inputs: number;
  readonly epochs: number;
  /** Bytes of the round's messages, both ways. */
  readonly bytes: number;
}

/** Time and energy that work costs a device. */
export interface DeviceCostRates {
  /** Time per example, ns. */
  readonly exampleNs: number;
  /** Power while it computes, W. */
  readonly computeW: number;
  /** Energy per byte sent or received, J. */
  readonly byteJ: number;
}

/** Memory, time, energy and bytes that a round costs a device. */
export interface RoundCost {
  readonly memoryBytes: number;
  readonly timeNs: number;
  readonly energyJ: number;
  readonly bytes: number;
}

/** Limits of a device; an absent limit does not apply. */
export interface DeviceLimits {
  /** Memory for learning, bytes. */
  readonly memoryBytes?: number | undefined;
  /** Computing time of a round, ns. */
  readonly timeNs?: number | undefined;
  /** Energy of a round, J. */
  readonly energyJ?: number | undefined;
  /** Energy of the full battery, which is never charged, J. */
  readonly batteryJ?: number | undefined;
  /** Share of the battery, 0 to 1, that rounds must leave to the owner of the device. */
  readonly reserve?: number | undefined;
  /** Bytes of messages of all rounds. */
  readonly bytes?: number | undefined;
}

/** Energy and bytes that earlier rounds have used. */
export interface DeviceUse {
  readonly energyJ: number;
  readonly bytes: number;
}

/** Names of all limits. */
export const DEVICE_LIMIT_NAMES = ['memory', 'time', 'energy', 'battery', 'bytes'] as const;

/** Name of a limit that a round may exceed. */
export type DeviceLimitName = (typeof DEVICE_LIMIT_NAMES)[number];

/** Predicts what a round costs a device. */
export function roundCost(work: RoundWork, power: DeviceCostRates): RoundCost {
  const { parameters, examples, inputs, epochs, bytes } = work;
  const timeNs = power.exampleNs * examples * epochs;
  return {
    memoryBytes: BYTES_PER_WEIGHT * parameters + examples * (BYTES_PER_FEATURE * inputs + 1),
    timeNs,
    energyJ: roundEnergyJ({ timeNs, bytes }, power),
    bytes,
  };
}

/** Energy of computing for a time and of moving bytes, J. */
export function roundEnergyJ(
  { timeNs, bytes }: Pick<RoundCost, 'timeNs' | 'bytes'>,
  { computeW, byteJ }: DeviceCostRates,
): number {
  return (timeNs / NS_PER_S) * computeW + bytes * byteJ;
}

/** Adds what a round used to what earlier rounds have used. */
export function deviceUseAfterRound(used: DeviceUse, { energyJ, bytes }: RoundCost): DeviceUse {
  return { energyJ: used.energyJ + energyJ, bytes: used.bytes + bytes };
}

/**
 * Lists the limits that a round would exceed, in the order of {@link DEVICE_LIMIT_NAMES}; an empty list if
 * it may start.
 */
export function limitsBrokenByRound(
  cost: RoundCost,
  limits: DeviceLimits,
  used: DeviceUse,
): readonly DeviceLimitName[] {
  const after = deviceUseAfterRound(used, cost);
  const batteryJ =
    limits.batteryJ === undefined ? undefined : limits.batteryJ * (1 - (limits.reserve ?? 0));
  const checks: readonly (readonly [DeviceLimitName, number, number | undefined])[] = [
    ['memory', cost.memoryBytes, limits.memoryBytes],
    ['time', cost.timeNs, limits.timeNs],
    ['energy', cost.energyJ, limits.energyJ],
    ['battery', after.energyJ, batteryJ],
    ['bytes', after.bytes, limits.bytes],
  ];
  return checks
    .filter(([, value, limit]) => limit !== undefined && value > limit)
    .map(([name]) => name);
}
