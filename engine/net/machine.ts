/**
 * A machine with its cores and cost profile: with a profile it runs handlers of its hosts on the
 * modelled processor; compute jobs always run there.
 *
 * A handler runs when a core takes it. What it sends leaves after the time charged so far, and the
 * core stays busy for everything charged (docs/spec/processor-model.md#charging).
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';
import { CpuModel, type CpuTask } from './cpu-model.ts';
import {
  type CpuProfile,
  type HandlerCosts,
  type MachineSpec,
  type OperationCost,
  operationCostNs,
  type ReceiveBufferCapacity,
  type WaitLimits,
} from './cpu-profile.ts';

/** Default of the largest number of packets that may wait for the processor. */
const QUEUE_LIMIT = 1_000;
/** Number of shares of a full receive buffer; datagrams take whole shares, so that sums are exact. */
export const FULL_RECEIVE_BUFFER_SHARES = 1_000_000_000;

const NO_ROOMS: readonly ReceiveBufferCapacity[] = [];

/** Largest number of datagrams in the urgent queue; further ones wait in the ordinary one. */
const URGENT_MAX = 256;
/**
 * Part of a core's time that all urgent datagrams together may use before other work. It is bounded, because anybody
 * can send datagrams that count as urgent.
 */
const URGENT_SHARE = 1 / 8;
/**
 * Time that urgent datagrams may use at once beyond {@link URGENT_SHARE}, ns: a hundred handshakes.
 */
const URGENT_BURST_NS = 20_000_000;
/**
 * Largest time that one urgent datagram adds to what urgent datagrams have used, ns. Time beyond it belongs to work
 * that the datagram released, such as packets that waited for a handshake.
 */
const URGENT_ONE_MAX_NS = URGENT_BURST_NS / 4;

/** Work of a node that is dropped if it has waited too long for the processor. */
export interface WaitLimitedWork {
  /** Longest time that the work may wait, ns; undefined means no limit. */
  readonly limitNs: number | undefined;
  /** Does the work and charges the processor for it. */
  run(): void;
  /** Called instead of `run` if the work has waited too long. */
  late(): void;
}

/** Operations inside a handler that are charged separately. */
export type ChargedOperation = 'receive' | 'send' | 'link' | 'event' | 'timer';

/** One machine of a world, with its processor. */
export class Machine {
  readonly profile: CpuProfile | undefined;
  private readonly cores: number;
  private ownCpu: CpuModel | undefined;
  /** True while a handler runs whose operations are charged. */
  isCharging = false;
  readonly waitLimits: WaitLimits | undefined;
  private readonly scheduler: Scheduler;
  private urgentWaiting = 0;
  /** Time that urgent datagrams have used beyond their share, as of `urgentAtNs`, ns. */
  private urgentNs = 0;
  private urgentAtNs = 0;
  private readonly queueLimit: number;
  private readonly rooms: readonly ReceiveBufferCapacity[];
  private handlersWaiting = 0;
  private charged = 0;
  /** Time charged for arming and firing timers, ns, without the time of their handlers. */
  timerNs = 0;

  constructor(scheduler: Scheduler, spec: MachineSpec = {}) {
    this.profile = spec.profile;
    this.waitLimits = spec.waitLimits;
    this.scheduler = scheduler;
    this.cores = spec.cores ?? 1;
    this.rooms = spec.receiveBuffer ?? NO_ROOMS;
    const unlimited = this.rooms.length === 0 ? QUEUE_LIMIT : Number.POSITIVE_INFINITY;
    this.queueLimit = spec.queueLimit ?? unlimited;
  }

  /** The processor, made on first use: most machines of a large network never compute. */
  get cpu(): CpuModel {
    this.ownCpu ??= new CpuModel(this.scheduler, this.cores);
    return this.ownCpu;
  }

  /** True if no further packet may wait for the processor. */
  get isFull(): boolean {
    return this.handlersWaiting >= this.queueLimit;
  }

  /** Time charged to the running handler so far, ns; a packet that it sends now leaves after this time. */
  get chargedNs(): number {
    return this.charged;
  }

  /**
   * Number of shares that a waiting datagram of this size takes in its socket's receive buffer, of {@link
   * FULL_RECEIVE_BUFFER_SHARES}.
   */
  shareOfBuffer(bytes: number): number {
    const { rooms } = this;
    const room = rooms.find((one) => one.bytes >= bytes) ?? rooms[rooms.length - 1];
    return room === undefined ? 0 : Math.floor(FULL_RECEIVE_BUFFER_SHARES / room.datagrams);
  }

  /** Charges an operation on `bytes` bytes to the running handler. */
  charge(operation: ChargedOperation, bytes: number): void {
    const ns = this.chargeCost(this.profile?.[operation], bytes);
    if (operation === 'timer') this.timerNs += ns;
  }

  /** Charges the protocol's own code to the running handler. */
  chargeHandler(protocol: string, kind: keyof HandlerCosts, bytes: number): void {
    this.chargeCost(this.profile?.handlers?.[protocol]?.[kind], bytes);
  }

  /** Charges a function of the crypto provider to the running handler. */
  chargeCrypto(operation: string, bytes: number): void {
    this.chargeCost(this.profile?.crypto?.[operation], bytes);
  }

  /** Runs a handler when a core is free. */
  run(lane: 'control' | 'data', handler: () => void): void {
    this.submit(lane, handler);
  }

  private submit(lane: CpuTask['lane'], handler: () => void): void {
    this.handlersWaiting += 1;
    this.cpu.submit(new HandlerTask(this, lane, handler));
  }

  /** Runs work in the data lane, or drops it if it has waited too long. */
  runTimed(work: WaitLimitedWork): void {
    const sinceNs = this.scheduler.now;
    this.run('data', () => this.startTimed(work, sinceNs));
  }

  /**
   * Runs work before other work, unless urgent work has used up its share or too much of it waits.
   */
  runUrgent(work: WaitLimitedWork): void {
    const sinceNs = this.scheduler.now;
    const isSpent = this.urgentDebtNs(sinceNs) > URGENT_BURST_NS;
    if (isSpent || this.urgentWaiting >= URGENT_MAX) {
      this.runTimed(work);
      return;
    }
    this.urgentWaiting += 1;
    this.submit('control', () => {
      this.urgentWaiting -= 1;
      this.startTimed(work, sinceNs);
      const countedNs = Math.min(URGENT_ONE_MAX_NS, this.charged);
      this.urgentNs = this.urgentDebtNs(this.scheduler.now) + countedNs;
    });
  }

  private urgentDebtNs(now: number): number {
    this.urgentNs = Math.max(0, this.urgentNs - (now - this.urgentAtNs) * URGENT_SHARE);
    this.urgentAtNs = now;
    return this.urgentNs;
  }

  private startTimed(work: WaitLimitedWork, sinceNs: number): void {
    const { limitNs } = work;
    const isLate = limitNs !== undefined && this.scheduler.now - sinceNs > limitNs;
    if (isLate) work.late();
    else work.run();
  }

  /** Called when a core has taken a handler of {@link run}. Returns what the handler charged, ns. */
  perform(handler: () => void): number {
    this.handlersWaiting -= 1;
    this.charged = 0;
    this.isCharging = true;
    handler();
    this.isCharging = false;
    return this.charged;
  }

  private chargeCost(cost: OperationCost | undefined, bytes: number): number {
    if (!this.isCharging) return 0;
    const ns = operationCostNs(cost, bytes);
    this.charged += ns;
    return ns;
  }
}

/** A handler on the processor; a class instead of closures, because there is one per packet. */
class HandlerTask implements CpuTask {
  readonly lane: CpuTask['lane'];
  readonly key = undefined;
  private readonly machine: Machine;
  private readonly handler: () => void;

  constructor(machine: Machine, lane: CpuTask['lane'], handler: () => void) {
    this.machine = machine;
    this.lane = lane;
    this.handler = handler;
  }

  isWanted(): boolean {
    return true;
  }

  begin(): number {
    return this.machine.perform(this.handler);
  }

  end(): void {
    // The handler did its work when it began.
  }
}
