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
 * The cost of a protocol's own code, without crypto and sockets, per kind of call. Bytes are those
 * passed to the call.
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
  /** Cost of receiving a datagram. */
  readonly receive?: OperationCost;
  /** Cost of sending a datagram. */
  readonly send?: OperationCost;
  /** Carrying a datagram over a link that the machine itself emulates, as in a live run. */
  readonly link?: OperationCost;
  /** Waking up for a datagram: one turn of the pump (engine/live/pump.ts). */
  readonly event?: OperationCost;
  /** Cost of arming and firing a timer. */
  readonly timer?: OperationCost;
  /** Costs of each protocol's own code, by protocol name. */
  readonly handlers?: Readonly<Record<string, HandlerCosts>>;
  /**
   * Costs by function of the crypto provider; `seal` and `open` for AEAD keys, `tag` for MAC keys.
   */
  readonly crypto?: Readonly<Record<string, OperationCost>>;
  /** Costs by job name, which override the job's own `costNs`. */
  readonly jobs?: Readonly<Record<string, OperationCost>>;
}

/** How many datagrams of `bytes` bytes fit into the receive buffer of a socket. */
export interface ReceiveBufferCapacity {
  readonly bytes: number;
  readonly datagrams: number;
}

/**
 * How long requests and datagrams may wait for a processor before they are dropped, ns. The bounds are times and not
 * numbers of items, because work that is done too late is useless however little of it waits.
 */
export interface WaitLimits {
  /** Longest wait of requests of applications, ns; no work has been spent on them yet. */
  readonly requestNs: number;
  /** Longest wait of datagrams, ns. */
  readonly datagramNs: number;
}

/** A machine: hosts on it share its cores. */
export interface MachineSpec {
  /** Number of cores; default 1. */
  readonly cores?: number;
  /** Without a profile, packets, timers and crypto cost nothing. */
  readonly profile?: CpuProfile;
  /**
   * Number of packets that may wait for the processor; beyond that they are dropped as `cpu-queue-full`. Default 1,000,
   * or no limit when `receiveBuffer` is given.
   */
  readonly queueLimit?: number;
  /**
   * Receive buffer of each socket, by ascending datagram size; datagrams beyond it are dropped as
   * `cpu-queue-full`.
   */
  readonly receiveBuffer?: readonly ReceiveBufferCapacity[];
  /**
   * Anything that has waited longer is dropped as `overload`. Without limits, everything waits for
   * its turn.
   */
  readonly waitLimits?: WaitLimits;
}

/** Cost of an operation on `bytes` bytes, whole nanoseconds. */
export function operationCostNs(cost: OperationCost | undefined, bytes: number): number {
  if (cost === undefined) return 0;
  return Math.floor(cost.ns + (cost.nsPerByte ?? 0) * bytes + 0.5);
}
