/**
 * A machine with its cores and cost profile: runs handlers of its hosts on the modelled processor
 * when it has a profile, and their compute jobs always.
 *
 * A handler runs when a core takes it; what it sends leaves after the time charged until then, and
 * the core stays occupied for all that was charged. Spec: simulation.md 3.5.
 *
 * @module
 */
import type { Scheduler } from '../core/scheduler.ts';
import { CpuModel } from './cpu-model.ts';
import { type CpuProfile, costOf, type MachineSpec, type OperationCost } from './cpu-profile.ts';

/** Packets that may wait by default. */
const QUEUE_LIMIT = 1_000;

/** One machine of a world. */
export class Machine {
  readonly profile: CpuProfile | undefined;
  readonly cpu: CpuModel;
  /** True while a handler runs whose operations are charged. */
  isCharging = false;
  private readonly queueLimit: number;
  private handlersWaiting = 0;
  private charged = 0;

  constructor(scheduler: Scheduler, spec: MachineSpec = {}) {
    this.profile = spec.profile;
    this.cpu = new CpuModel(scheduler, spec.cores ?? 1);
    this.queueLimit = spec.queueLimit ?? QUEUE_LIMIT;
  }

  /** True when no further packet may wait for the processor. */
  get isFull(): boolean {
    return this.handlersWaiting >= this.queueLimit;
  }

  /** Time charged by the running handler so far, ns; what it sends leaves after it. */
  get chargedNs(): number {
    return this.charged;
  }

  /** Adds the cost of sending, receiving or a timer to the running handler. */
  charge(operation: 'receive' | 'send' | 'timer', bytes: number): void {
    this.chargeCost(this.profile?.[operation], bytes);
  }

  /** Adds the cost of a function of the crypto provider to the running handler. */
  chargeCrypto(operation: string, bytes: number): void {
    this.chargeCost(this.profile?.crypto?.[operation], bytes);
  }

  /** Runs a handler when a core is free. */
  run(lane: 'control' | 'data', handler: () => void): void {
    this.handlersWaiting += 1;
    this.cpu.submit({
      lane,
      isWanted: () => true,
      begin: () => {
        this.handlersWaiting -= 1;
        this.charged = 0;
        this.isCharging = true;
        handler();
        this.isCharging = false;
        return this.charged;
      },
      end: () => undefined,
    });
  }

  private chargeCost(cost: OperationCost | undefined, bytes: number): void {
    if (this.isCharging) this.charged += costOf(cost, bytes);
  }
}
