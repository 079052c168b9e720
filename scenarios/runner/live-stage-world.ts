/**
 * The live world as the runner sees it: the interface of the simulated one, by the wall clock.
 *
 * Nodes start first and get time to find each other; time 0 of the scenario, to which all instants
 * in the file refer, begins when they are ready. Sources run at their due times: a late turn
 * neither thins out the traffic nor escapes the latency, which counts from the instant at which the
 * packet was due.
 *
 * @module
 */
import type { NodeRequest } from '../../engine/host/host.ts';
import { LiveWorld, type LiveWorldOptions } from '../../engine/live/live-world.ts';
import type { ReadyTask } from '../../engine/live/ready-queue.ts';
import { OVERLOAD } from '../../engine/net/sim-host.ts';
import type { PacketTotals } from '../../reports/model.ts';
import { followedMask, HandoverWitness } from './handover-witness.ts';
import { portRanges } from './real-ports.ts';
import { type SimStageOptions, SimStageWorld } from './sim-stage-world.ts';
import { SourceAdmission } from './source-admission.ts';

/** Parts of a live world. */
export interface LiveStageOptions extends Omit<SimStageOptions, 'buffers' | 'makeWorld'> {
  readonly live: Pick<
    LiveWorldOptions,
    'shape' | 'precision' | 'onFailure' | 'isLocal' | 'stateFolder'
  >;
}

/**
 * Code that has just started is several times slower, for five seconds at full rate, so traffic
 * grows during this time (docs/spec/live.md#processes); the other half of the warm-up lets queues
 * drain.
 */
const RAMP_MIN_NS = 1_000_000_000;
const RAMP_MAX_NS = 4_000_000_000;
/** No application is having its turn. */
const NO_TURN = -1;

/** A live world with all hosts and links of a scenario. */
export class LiveStageWorld extends SimStageWorld {
  readonly live: LiveWorld;
  /** Duration of the ramp; it ends within the warm-up, so none of it is measured. */
  readonly rampNs: number;
  /** The fraction of datagrams that are followed to their handlers. */
  readonly #followedMask: number;
  /** Instant of the hosts' clock at which the scenario's time began, ns. */
  #zeroNs: number | undefined;
  /** Calls that were scheduled before the start. */
  #booked: (() => void)[] = [];
  /** Instant for which the running source or fault was booked. */
  #dueNs: number | undefined;
  #isMuted = false;
  readonly #admission = new SourceAdmission();

  constructor(options: LiveStageOptions) {
    const { scenario, live } = options;
    const modules = modulesOf(options);
    const ports = portRanges(scenario.topology);
    const own = {
      ...live,
      ports,
      moduleOf: (owner: string): string | undefined => modules.get(owner),
    };
    super({
      ...options,
      isProbed: true,
      makeWorld: (parts) => new LiveWorld({ ...parts, ...own }),
    });
    // `makeWorld` above has created it.
    this.live = this.sim as LiveWorld;
    this.live.holdPlans();
    this.rampNs = rampOf(scenario.warmupNs);
    this.#followedMask = followedMask(scenario);
    const { handovers } = this.live;
    this.listen(new HandoverWitness({ handovers, now: () => this.now() }, scenario));
  }

  /**
   * Begins the scenario's time.
   * @param zeroNs Instant of this process's clock, if several processes share one start.
   */
  begin(zeroNs: number = this.live.clock.now()): void {
    this.#zeroNs = zeroNs;
    this.live.pump.enter(() => this.live.beginPlans(zeroNs));
    this.live.handovers.begin(zeroNs, this.#followedMask);
    const booked = this.#booked;
    this.#booked = [];
    for (const book of booked) book();
    this.live.pump.wake();
  }

  /** Tells sources to stop; packets under way still arrive. */
  muteSources(): void {
    this.#isMuted = true;
  }

  override now(): number {
    return this.#dueNs ?? this.#wallNs();
  }

  /** Time of the scenario by the wall clock, ns. */
  #wallNs(): number {
    return this.#zeroNs === undefined ? 0 : this.live.clock.now() - this.#zeroNs;
  }

  // hot: once per packet of a source.
  override at(timeNs: number, fire: () => void): void {
    const { pump, scheduler } = this.live;
    const task = new DueTask(this, timeNs, fire);
    this.#book(timeNs, (delay) => scheduler.after(delay, () => pump.pushSource(task), 'traffic'));
  }

  /** Runs what was booked for an instant, unless sources are muted. */
  runSource(timeNs: number, fire: () => void): void {
    if (this.#isMuted) return;
    this.live.handovers.sourceDueNs = timeNs;
    this.#runDue(timeNs, fire);
    this.live.handovers.sourceDueNs = NO_TURN;
  }

  // hot: once per packet of a source.
  override request(node: string, request: NodeRequest, by?: string): void {
    if (this.#dueNs !== undefined && !this.#admission.admits(this.#wallNs(), this.#dueNs)) {
      this.live.host(node).shed();
      request.respond(OVERLOAD);
      return;
    }
    super.request(node, request, by);
  }

  override atFault(timeNs: number, fire: () => void): void {
    const { scheduler } = this.live;
    this.#book(timeNs, (delay) =>
      scheduler.scheduleFault(scheduler.now + delay, () => this.#runDue(timeNs, fire)),
    );
  }

  /** Lateness is measured like latency: without the warm-up, when code is cold. */
  override resetMetrics(): void {
    super.resetMetrics();
    this.live.lateness.reset();
  }

  override setClock(node: string, change: { readonly stepNs: number; readonly ppm: number }): void {
    const { clockModel } = this.sim.host(node);
    if (change.stepNs !== 0) clockModel.step(change.stepNs);
    clockModel.drift(change.ppm, this.live.clock.now());
  }

  /** Packets on the links of this process, without what the kernel did with them. */
  linkPackets(): PacketTotals {
    return super.packets();
  }

  override packets(): PacketTotals {
    const shaped = this.linkPackets();
    const { written, received, unsent } = this.live.wires.counts;
    const drops = Object.entries({ kernel: written - received, 'socket-closed': unsent });
    const all = [...Object.entries(shaped.drops), ...drops.filter(([, count]) => count > 0)];
    return {
      ...shaped,
      delivered: received + this.live.streamPackets,
      drops: Object.fromEntries(all.sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }

  #book(timeNs: number, schedule: (delay: number) => void): void {
    if (this.#zeroNs === undefined) this.#booked.push(() => this.#book(timeNs, schedule));
    else schedule(Math.max(0, this.#zeroNs + timeNs - this.live.scheduler.now));
  }

  #runDue(timeNs: number, fire: () => void): void {
    const outer = this.#dueNs;
    this.#dueNs = timeNs;
    try {
      fire();
    } finally {
      this.#dueNs = outer;
    }
  }
}

/** A source's turn; a class instead of closures, because there is one per packet. */
class DueTask implements ReadyTask {
  readonly #world: LiveStageWorld;
  readonly #timeNs: number;
  readonly #fire: () => void;

  constructor(world: LiveStageWorld, timeNs: number, fire: () => void) {
    this.#world = world;
    this.#timeNs = timeNs;
    this.#fire = fire;
  }

  run(): void {
    this.#world.runSource(this.#timeNs, this.#fire);
  }
}

/** Addresses of modules: of lowest protocols by their hosts, of layers by `host/protocol`. */
function modulesOf({
  scenario,
  protocolOf,
  stackOf,
}: LiveStageOptions): ReadonlyMap<string, string> {
  const modules = new Map<string, string>();
  for (const host of scenario.topology.hosts) {
    modules.set(host.name, protocolOf(host).moduleUrl);
    const [, ...layers] = host.layers === undefined ? [] : (stackOf?.(host) ?? []);
    for (const { protocol } of layers)
      modules.set(`${host.name}/${protocol.name}`, protocol.moduleUrl);
  }
  return modules;
}

/** How long traffic grows while code is cold; only within the warm-up. */
export function rampOf(warmupNs: number): number {
  const half = Math.min(RAMP_MAX_NS, Math.floor(warmupNs / 2));
  return Math.min(warmupNs, Math.max(RAMP_MIN_NS, half));
}
