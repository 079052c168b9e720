/**
 * The option `device`: cost, limits and availability of a client's device.
 *
 * @module
 */
import { z } from 'zod';
import { byteSizeSchema, durationNsSchema, shareSchema } from '../../_kit/options.ts';
import type { DeviceLimits } from './limits.ts';

/** What work costs a device. */
const powerConfig = z.strictObject({
  /** Power while it learns, W. */
  compute: z.number().min(0).default(0),
  /** Energy of a byte that is sent or received, J. */
  perByte: z.number().min(0).default(0),
});

/** Limits beyond which a device takes part in no round; absent: no limit. */
const limitsConfig = z.strictObject({
  /** Memory for learning. */
  memory: byteSizeSchema().optional(),
  /** Computing time of a round. */
  time: durationNsSchema().optional(),
  /** Energy of a round, J. */
  energy: z.number().min(0).optional(),
  /** Energy of all rounds, J: the battery is never charged. */
  battery: z.number().min(0).optional(),
  /** Share of the battery that rounds must leave to the owner of the device. */
  reserve: shareSchema().default(0),
  /** Number of bytes of messages of all rounds, both ways. */
  bytes: byteSizeSchema().optional(),
});

/** When a device is available: for exponential times with given means, or in listed intervals. */
const availableConfig = z.union([
  z.strictObject({
    /** Mean of the exponential times for which the device is available. */
    up: durationNsSchema(),
    /** Mean of the exponential times for which the device is away. */
    down: durationNsSchema(),
  }),
  z.strictObject({
    /** Intervals in which the device is available, as pairs of start and end, ascending. */
    trace: z.array(z.tuple([durationNsSchema(), durationNsSchema()])).min(1),
  }),
]);

/** Schema of the option `device`. */
export const deviceConfig = z.strictObject({
  /**
   * Median over all clients of the time to train on one example; each client draws its own time once.
   */
  perExample: durationNsSchema().default(0),
  /** Standard deviation of the logarithm of that time among clients. */
  spread: z.number().min(0).max(5).default(1),
  power: powerConfig.prefault({}),
  /** When the device is available for rounds; absent: always. */
  available: availableConfig.optional(),
  limits: limitsConfig.optional(),
});

/** The checked options of a device. */
export type DeviceOptions = z.output<typeof deviceConfig>;

/** The checked option `available`: when a device is available. */
export type AvailabilityOptions = z.output<typeof availableConfig>;

/** Reads the limits of a device from its options, in base units. */
export function readDeviceLimits({ limits }: DeviceOptions): DeviceLimits {
  const { memory, time, energy, battery, reserve, bytes } = limits ?? {};
  return {
    ...{ memoryBytes: memory, timeNs: time, energyJ: energy, batteryJ: battery },
    ...{ reserve, bytes },
  };
}

/** What is wrong with an option, where, and what to write. */
interface DeviceProblem {
  readonly path: readonly string[];
  readonly message: string;
  readonly hint: string;
}

/**
 * Finds what is wrong with the device options in a federation with rounds; an empty list if nothing
 * is.
 */
export function deviceOptionProblems(device: DeviceOptions): readonly DeviceProblem[] {
  return [idleLimit(device), noTime(device)].filter((problem) => problem !== undefined);
}

/**
 * Finds device options that have no effect where nodes gossip, as there are no rounds to decline.
 */
export function gossipDeviceOptionProblems({
  limits,
  available,
}: DeviceOptions): readonly DeviceProblem[] {
  const options = { limits, available };
  const kept = (['limits', 'available'] as const).filter((key) => options[key] !== undefined);
  return kept.slice(0, 1).map((key) => ({
    path: ['device', key],
    message: `device.${key} is kept by declining rounds, and there are none where nodes gossip`,
    hint: `leave device.${key} out`,
  }));
}

/** Finds times of availability that are 0, or intervals that do not ascend. */
function noTime({ available }: DeviceOptions): DeviceProblem | undefined {
  if (available === undefined) return undefined;
  if ('up' in available) {
    const { up, down } = available;
    if (up > 0 && down > 0) return undefined;
    const hint = 'available: { up: 10min, down: 5min }, or none for a device that is always there';
    return { path: ['device', 'available'], message: 'a state that lasts no time', hint };
  }
  const { trace } = available;
  const wrong = trace.findIndex(([from, to], at) => from >= to || from < (trace[at - 1]?.[1] ?? 0));
  if (wrong < 0) return undefined;
  const hint = 'times from and until which it is there, ascending: [[0s, 10s], [20s, 60s]]';
  const path = ['device', 'available', 'trace', String(wrong)];
  return { path, message: 'times that do not ascend', hint };
}

/** Finds a limit that can never be reached, since work costs no energy or time. */
function idleLimit(device: DeviceOptions): DeviceProblem | undefined {
  const { perExample, power, limits } = device;
  const learns = perExample > 0;
  const moves = power.perByte > 0 || (learns && power.compute > 0);
  const energy = (['energy', 'battery'] as const).find((name) => limits?.[name] !== undefined);
  if (energy !== undefined && !moves) {
    const hint = 'power: { compute: 2, perByte: 1e-6 }, in W and J';
    return { path: ['device', 'limits', energy], message: 'nothing costs energy', hint };
  }
  if (limits?.time === undefined || learns) return undefined;
  const hint = 'perExample: 1ms';
  return { path: ['device', 'limits', 'time'], message: 'learning takes no time', hint };
}
