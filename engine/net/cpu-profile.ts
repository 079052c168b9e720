/**
 * What operations cost on a machine, measured by `npm run calibrate` (docs/spec/processor-model.md).
 *
 * @module
 */

/** A cost: a fixed part and a part per byte, ns. */
export interface OperationCost {
  readonly ns: number;
  readonly nsPerByte?: number;
}

/**
 * What a protocol's own code costs besides crypto and sockets, per kind of call; bytes are those
 * passed to it.
 */
export interface HandlerCosts {
  readonly datagram?: OperationCost;
  /** Includes what the application does to make the request. */
  readonly request?: OperationCost;
  readonly timer?: OperationCost;
}

/** Costs of one kind of machine; absent operations cost nothing. */
export interface CpuProfile {
  readonly name: string;
  /** Receiving and sending a datagram. */
  readonly receive?: OperationCost;
  readonly send?: OperationCost;
  /** Carrying a datagram over a link that the machine itself emulates, as in a live run. */
  readonly link?: OperationCost;
  /** Waking up for a datagram: one turn of the pump. */
  readonly event?: OperationCost;
  /** Arming and firing a timer. */
  readonly timer?: OperationCost;
  /** By protocol name. */
  readonly handlers?: Readonly<Record<string, HandlerCosts>>;
  /** By function of the crypto provider; `seal` and `open` for AEAD keys, `tag` for MAC keys. */
  readonly crypto?: Readonly<Record<string, OperationCost>>;
  /** By job name; overrides the job's own `costNs`. */
  readonly jobs?: Readonly<Record<string, OperationCost>>;
}

/** How many datagrams of a size fit into the receive buffer of a socket. */
export interface BufferRoom {
  readonly bytes: number;
  readonly datagrams: number;
}

/**
 * How long things may wait for a processor before they are dropped, ns. The bounds are times, not
 * numbers: work that comes too late is useless at any rate.
 */
export interface WaitLimits {
  /** Requests of applications, in the first queue of all: no work has been spent on them yet. */
  readonly requestNs: number;
  /** Datagrams. */
  readonly datagramNs: number;
}

/** A machine: hosts on it share its cores. */
export interface MachineSpec {
  /** Default 1. */
  readonly cores?: number;
  /** Without a profile, packets, timers and crypto cost nothing. */
  readonly profile?: CpuProfile;
  /**
   * Packets that may wait for the processor; beyond that they are dropped as `cpu-queue-full`.
   * Default 1,000, or no limit when `receiveBuffer` is given.
   */
  readonly queueLimit?: number;
  /**
   * Receive buffer of each socket, by ascending datagram size; datagrams beyond it are dropped as
   * `cpu-queue-full`.
   */
  readonly receiveBuffer?: readonly BufferRoom[];
  /**
   * What has waited longer is dropped as `overload`; without limits, everything waits for its turn.
   */
  readonly waitLimits?: WaitLimits;
}

/** Cost of an operation on `bytes` bytes, whole nanoseconds. */
export function costOf(cost: OperationCost | undefined, bytes: number): number {
  if (cost === undefined) return 0;
  return Math.floor(cost.ns + (cost.nsPerByte ?? 0) * bytes + 0.5);
}
