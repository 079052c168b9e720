/**
 * What operations cost on a machine, measured by `npm run calibrate` (simulation.md 3.5).
 *
 * @module
 */

/** A cost: fixed part and part per byte, ns. */
export interface OperationCost {
  readonly ns: number;
  readonly nsPerByte?: number;
}

/** Costs of one kind of machine; what is absent costs nothing. */
export interface CpuProfile {
  readonly name: string;
  /** Receiving and sending a datagram, firing a timer. */
  readonly receive?: OperationCost;
  readonly send?: OperationCost;
  readonly timer?: OperationCost;
  /** By function of the crypto provider; `seal` and `open` for AEAD keys, `tag` for MAC keys. */
  readonly crypto?: Readonly<Record<string, OperationCost>>;
  /** By name of the job; wins over the job's own `costNs`. */
  readonly jobs?: Readonly<Record<string, OperationCost>>;
}

/** A machine: hosts on it share its cores. */
export interface MachineSpec {
  /** Default 1. */
  readonly cores?: number;
  /** Without a profile packets, timers and crypto cost nothing. */
  readonly profile?: CpuProfile;
  /** Packets that may wait for the processor, default 1,000; more are `cpu-queue-full`. */
  readonly queueLimit?: number;
}

/** Whole nanoseconds of an operation on `bytes` bytes. */
export function costOf(cost: OperationCost | undefined, bytes: number): number {
  if (cost === undefined) return 0;
  return Math.floor(cost.ns + (cost.nsPerByte ?? 0) * bytes + 0.5);
}
