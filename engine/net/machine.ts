/**
 * A machine with its cores and cost profile: runs handlers of its hosts on the modelled processor
 * when it has a profile, and their compute jobs always.
 *
 * A handler runs when a core takes it; what it sends leaves after the time charged until then, and
 * the core stays occupied for all that was charged. Spec: docs/spec/processor-model.md.
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';
import { CpuModel, type CpuTask } from './cpu-model.ts';
import {
  type BufferRoom,
  type CpuProfile,
  costOf,
  type HandlerCosts,
  type MachineSpec,
  type OperationCost,
  type WaitLimits,
} from './cpu-profile.ts';

/** Packets that may wait by default. */
const QUEUE_LIMIT = 1_000;
/** A full receive buffer; integers, so that what was added can be taken away exactly. */
export const WHOLE_BUFFER = 1_000_000_000;

/** Datagrams that may wait in front of others; more wait behind them. */
const URGENT_MAX = 256;
/** Anyone may call a datagram urgent: together they take at most an eighth of a core before others ... */
const URGENT_SHARE = 1 / 8;
/** ... and so much at once, ns: the handshakes of a hundred peers that start together. */
const URGENT_BURST_NS = 20_000_000;
/** So much of one of them counts, ns: more is work that it lets begin, as a handshake that packets waited for. */
const URGENT_ONE_MAX_NS = URGENT_BURST_NS / 4;

/** Work of a node for which it may be too late. */
export interface TimedWork {
  /** Longest that it may wait, ns; undefined for as long as it takes. */
  readonly limitNs: number | undefined;
  /** Does the work, and charges the processor for it. */
  run(): void;
  /** Instead of `run`, when it has waited too long. */
  late(): void;
}

/** Operations of a handler that are charged by their own name. */
export type ChargedOperation = 'receive' | 'send' | 'link' | 'event' | 'timer';

/** One machine of a world. */
export class Machine {
  readonly profile: CpuProfile | undefined;
  readonly cpu: CpuModel;
  /** True while a handler runs whose operations are charged. */
  isCharging = false;
  readonly waitLimits: WaitLimits | undefined;
  private readonly scheduler: Scheduler;
  private urgentWaiting = 0;
  /** What urgent datagrams took beyond their share, as of the instant beside it, ns. */
  private urgentNs = 0;
  private urgentAtNs = 0;
  private readonly queueLimit: number;
  private readonly rooms: readonly BufferRoom[];
  private handlersWaiting = 0;
  private charged = 0;

  constructor(scheduler: Scheduler, spec: MachineSpec = {}) {
    this.profile = spec.profile;
    this.waitLimits = spec.waitLimits;
    this.scheduler = scheduler;
    this.cpu = new CpuModel(scheduler, spec.cores ?? 1);
    this.rooms = spec.receiveBuffer ?? [];
    const unlimited = this.rooms.length === 0 ? QUEUE_LIMIT : Number.POSITIVE_INFINITY;
    this.queueLimit = spec.queueLimit ?? unlimited;
  }

  /** True when no further packet may wait for the processor. */
  get isFull(): boolean {
    return this.handlersWaiting >= this.queueLimit;
  }

  /** Time charged by the running handler so far, ns; what it sends leaves after it. */
  get chargedNs(): number {
    return this.charged;
  }

  /** What a waiting datagram takes of its socket's receive buffer, of {@link WHOLE_BUFFER}. */
  shareOfBuffer(bytes: number): number {
    const { rooms } = this;
    const room = rooms.find((one) => one.bytes >= bytes) ?? rooms[rooms.length - 1];
    return room === undefined ? 0 : Math.floor(WHOLE_BUFFER / room.datagrams);
  }

  /** Adds the cost of an operation to the running handler. */
  charge(operation: ChargedOperation, bytes: number): void {
    this.chargeCost(this.profile?.[operation], bytes);
  }

  /** Adds what the protocol's own code takes to the running handler. */
  chargeHandler(protocol: string, kind: keyof HandlerCosts, bytes: number): void {
    this.chargeCost(this.profile?.handlers?.[protocol]?.[kind], bytes);
  }

  /** Adds the cost of a function of the crypto provider to the running handler. */
  chargeCrypto(operation: string, bytes: number): void {
    this.chargeCost(this.profile?.crypto?.[operation], bytes);
  }

  /** Runs a handler when a core is free. */
  run(lane: 'control' | 'data', handler: () => void): void {
    this.submit({ lane, countedIn: lane }, handler);
  }

  private submit(lanes: Lanes, handler: () => void): void {
    this.handlersWaiting += 1;
    this.cpu.submit(new HandlerTask(this, lanes, handler));
  }

  /** Runs work in the data lane, or gives it up when it has waited too long. */
  runTimed(work: TimedWork): void {
    const sinceNs = this.scheduler.now;
    this.run('data', () => this.startTimed(work, sinceNs));
  }

  /** Runs work in front of others, as long as that kind has not had or does not wait for too much. */
  runUrgent(work: TimedWork): void {
    const sinceNs = this.scheduler.now;
    const isSpent = this.urgentDebtNs(sinceNs) > URGENT_BURST_NS;
    if (isSpent || this.urgentWaiting >= URGENT_MAX) {
      this.runTimed(work);
      return;
    }
    this.urgentWaiting += 1;
    // Goes first, and is the work of a datagram all the same: calibration fits the lanes apart.
    this.submit({ lane: 'control', countedIn: 'data' }, () => {
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

  private startTimed(work: TimedWork, sinceNs: number): void {
    const { limitNs } = work;
    const isLate = limitNs !== undefined && this.scheduler.now - sinceNs > limitNs;
    if (isLate) work.late();
    else work.run();
  }

  /** Part of {@link run}: a core has taken the handler. Returns what it charged, ns. */
  perform(handler: () => void): number {
    this.handlersWaiting -= 1;
    this.charged = 0;
    this.isCharging = true;
    handler();
    this.isCharging = false;
    return this.charged;
  }

  private chargeCost(cost: OperationCost | undefined, bytes: number): void {
    if (this.isCharging) this.charged += costOf(cost, bytes);
  }
}

type Lanes = Required<Pick<CpuTask, 'lane' | 'countedIn'>>;

/** A handler on the processor; a class and not closures, since there is one per packet. */
class HandlerTask implements CpuTask {
  readonly lane: 'control' | 'data';
  readonly countedIn: 'control' | 'data';
  readonly key = undefined;
  private readonly machine: Machine;
  private readonly handler: () => void;

  constructor(machine: Machine, { lane, countedIn }: Lanes, handler: () => void) {
    this.machine = machine;
    this.lane = lane;
    this.countedIn = countedIn;
    this.handler = handler;
  }

  isWanted(): boolean {
    return true;
  }

  begin(): number {
    return this.machine.perform(this.handler);
  }

  end(): void {
    // What the handler did took place when it began.
  }
}
