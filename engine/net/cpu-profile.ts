/**
 * What operations cost on a machine, measured by `npm run calibrate` (docs/spec/processor-model.md).
 *
 * @module
 */

/** A cost: fixed part and part per byte, ns. */
export interface OperationCost {
  readonly ns: number;
  readonly nsPerByte?: number;
}

/** What a protocol's own code takes beside crypto and sockets; bytes are those handed to it. */
export interface HandlerCosts {
  readonly datagram?: OperationCost;
  /** With what the application does to make the request. */
  readonly request?: OperationCost;
  readonly timer?: OperationCost;
}

/** Costs of one kind of machine; what is absent costs nothing. */
export interface CpuProfile {
  readonly name: string;
  /** Receiving and sending a datagram. */
  readonly receive?: OperationCost;
  readonly send?: OperationCost;
  /** Carrying a datagram over a link that the machine itself emulates, as in live. */
  readonly link?: OperationCost;
  /** Waking up for a datagram: a turn of the pump. */
  readonly event?: OperationCost;
  /** Arming and firing a timer. */
  readonly timer?: OperationCost;
  /** By name of the protocol. */
  readonly handlers?: Readonly<Record<string, HandlerCosts>>;
  /** By function of the crypto provider; `seal` and `open` for AEAD keys, `tag` for MAC keys. */
  readonly crypto?: Readonly<Record<string, OperationCost>>;
  /** By name of the job; wins over the job's own `costNs`. */
  readonly jobs?: Readonly<Record<string, OperationCost>>;
}

/** How many datagrams of a size fit into the receive buffer of a socket. */
export interface BufferRoom {
  readonly bytes: number;
  readonly datagrams: number;
}

/**
 * How long things may wait for a processor before they are given up, ns. Bounds in time and not in
 * number: what is too late is of no use, whatever the rate was.
 */
export interface WaitLimits {
  /** Requests of applications, the first queue of all: nothing has been spent on them yet. */
  readonly requestNs: number;
  /** Datagrams. */
  readonly datagramNs: number;
}

/** A machine: hosts on it share its cores. */
export interface MachineSpec {
  /** Default 1. */
  readonly cores?: number;
  /** Without a profile packets, timers and crypto cost nothing. */
  readonly profile?: CpuProfile;
  /**
   * Packets that may wait for the processor; more are `cpu-queue-full`. Default 1,000, or no limit
   * when `receiveBuffer` is given.
   */
  readonly queueLimit?: number;
  /** Receive buffer of each socket, sizes ascending; datagrams beyond it are `cpu-queue-full`. */
  readonly receiveBuffer?: readonly BufferRoom[];
  /** What has waited longer is dropped as `overload`; without limits everything waits for its turn. */
  readonly waitLimits?: WaitLimits;
}

/** Whole nanoseconds of an operation on `bytes` bytes. */
export function costOf(cost: OperationCost | undefined, bytes: number): number {
  if (cost === undefined) return 0;
  return Math.floor(cost.ns + (cost.nsPerByte ?? 0) * bytes + 0.5);
}
