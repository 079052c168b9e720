/**
 * The world as a coordinator sees it: nodes and links are in other processes, commands go out over
 * channels, and measurements arrive later.
 *
 * A fault acts immediately, in every process with a sender of the link; the meters learn of it when all
 * packets before it are known. The state of links is kept here, so that no process has to be asked for
 * it.
 *
 * @module
 */
import { assert } from '../../../engine/core/assert.ts';
import { NS_PER_S } from '../../../engine/core/time.ts';
import type { Host } from '../../../engine/host/host.ts';
import { type MetricValue, mergeMetricsByName } from '../../../engine/measure/counters.ts';
import type { AffectedDirections, LinkChange } from '../../../engine/net/link-spec.ts';
import { SimClock } from '../../../engine/net/sim-clock.ts';
import type { PacketTotals } from '../../../reports/model.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import type { FloodCommand } from '../../flood-command.ts';
import type {
  NodeCallKind,
  ReplayAttack,
  StoreFault,
  Undo,
  World,
  WorldLink,
  WorldListener,
} from '../../world.ts';
import type { AgentCommand, AgentFleet } from '../messages/messages.ts';
import { AgentTallies } from './agent-tallies.ts';
import { MeasurementMergeQueue } from './measurement-merge-queue.ts';
import { RemoteAsks } from './remote-asks.ts';
import { WallClockAgenda } from './wall-agenda.ts';

/** A world whose nodes and links are in other processes, controlled by commands over channels. */
export class RemoteWorld implements World {
  readonly measured = new MeasurementMergeQueue();
  readonly tallies = new AgentTallies();
  readonly agenda: WallClockAgenda;
  /** The listeners that get the reports of agents in chronological order. */
  readonly listeners: WorldListener[] = [];
  readonly #fleet: AgentFleet;
  readonly asks: RemoteAsks;
  readonly #links = new Map<string, RemoteLink>();
  readonly #effects = new Effects();
  /**
   * The clocks of nodes that faults have changed. They outlive processes, because a clock belongs to
   * the machine.
   */
  readonly #clocks = new Map<string, { readonly clock: SimClock; readonly ppm: number }>();

  /** @param onFailure Receives the error that a fault threw. */
  constructor(scenario: Scenario, fleet: AgentFleet, onFailure: (error: unknown) => void) {
    this.#fleet = fleet;
    this.agenda = new WallClockAgenda(onFailure);
    this.asks = new RemoteAsks(fleet, this.agenda);
    for (const { id, a, b } of scenario.topology.links) {
      this.#links.set(id, new RemoteLink(id, [a.host, b.host], fleet, this.#effects));
    }
  }

  listen(listener: WorldListener): void {
    this.listeners.push(listener);
  }

  now(): number {
    return this.measured.nowNs ?? this.agenda.now();
  }

  at(timeNs: number, fire: () => void): void {
    this.agenda.at(timeNs, fire);
  }

  later(): never {
    assert(false, 'who waits for a node waits in its process');
  }

  atFault(timeNs: number, fire: () => void): void {
    this.agenda.at(timeNs, fire);
  }

  whenMeasured(fire: () => void): void {
    this.measured.push(this.now(), fire);
  }

  host(name: string): Host {
    assert(false, `${name} is in another process`);
  }

  link(id: string): WorldLink {
    const link = this.#links.get(id);
    if (link === undefined) throw new Error(`there is no link ${id}`);
    return link;
  }

  request(node: string): never {
    assert(false, `${node} is in another process`);
  }

  /**
   * Crashes a node. If its process is killed, it loses its memory but nothing written to a file, and
   * `store` is ignored; only a node on an event loop, which crashes without its process, gets `store`.
   */
  crash(node: string, store: StoreFault): void {
    this.#fleet.kill(node, store);
    this.asks.crashed(node);
  }

  restart(node: string): void {
    this.#fleet.revive(node);
  }

  flood(order: FloodCommand): Undo {
    const hosts = [order.flood.by];
    const [effect, told] = this.#effects.open(
      (number) => ({ type: 'flood', effect: number, order }),
      hosts,
    );
    this.#fleet.tell(told, hosts);
    return (): void => {
      if (this.#effects.end(effect)) this.#fleet.tell({ type: 'undo', effect }, hosts);
    };
  }

  /**
   * Runs code without recording the call: the nodes run in other processes, so no code of a node can
   * crash here.
   */
  call<T>(_node: string, _kind: NodeCallKind, code: () => T): T {
    return code();
  }

  setClock(node: string, { stepNs, ppm }: { readonly stepNs: number; readonly ppm: number }): void {
    const { clock } = this.#clocks.get(node) ?? { clock: new SimClock(0) };
    clock.step(stepNs);
    clock.drift(ppm, this.agenda.now());
    this.#clocks.set(node, { clock, ppm });
    this.#fleet.tell({ type: 'clock', node, stepNs, ppm }, [node]);
  }

  metrics(node: string): Readonly<Record<string, MetricValue>> {
    const lives = this.tallies.metricsOf(node);
    // A gauge has its present value; other metrics are added up over all restarts.
    return mergeMetricsByName([...lives.slice(0, -1).map(withoutGauges), ...lives.slice(-1)]);
  }

  resetMetrics(): void {
    this.tallies.resetMetrics();
  }

  nodeDrops(): Readonly<Record<string, number>> {
    return this.tallies.nodeDrops();
  }

  packets(): PacketTotals {
    return this.tallies.packets();
  }

  /**
   * The present effects of faults on links and clocks of these hosts, as commands; those on links
   * oldest first.
   */
  effectsOn(hosts: readonly string[]): readonly AgentCommand[] {
    const now = this.agenda.now();
    const clocks = [...this.#clocks].filter(([node]) => hosts.includes(node));
    const commands = clocks.map(([node, { clock, ppm }]): AgentCommand => {
      const { seconds, nanos } = clock.read(now);
      return { type: 'clock', node, stepNs: seconds * NS_PER_S + nanos - now, ppm };
    });
    return [...this.#effects.on(hosts), ...commands];
  }
}

/** The effects of faults that have begun and not ended. */
class Effects {
  readonly #held = new Map<
    number,
    { readonly command: AgentCommand; readonly hosts: readonly string[] }
  >();
  #next = 1;

  /** Registers a new effect; returns its number and the command that `make` makes for it. */
  open(make: (effect: number) => AgentCommand, hosts: readonly string[]): [number, AgentCommand] {
    const effect = this.#next;
    this.#next += 1;
    const command = make(effect);
    this.#held.set(effect, { command, hosts });
    return [effect, command];
  }

  /** Ends an effect; false if it had already ended. */
  end(effect: number): boolean {
    return this.#held.delete(effect);
  }

  on(hosts: readonly string[]): readonly AgentCommand[] {
    const held = [...this.#held.values()];
    return held
      .filter((one) => one.hosts.some((host) => hosts.includes(host)))
      .map(({ command }) => command);
  }
}

/** A link whose senders are in other processes. */
class RemoteLink implements WorldLink {
  readonly id: string;
  readonly #hosts: readonly string[];
  readonly #fleet: AgentFleet;
  readonly #effects: Effects;
  /** Number of effects because of which each direction is down. */
  readonly #down = { forward: 0, backward: 0 };

  constructor(id: string, hosts: readonly string[], fleet: AgentFleet, effects: Effects) {
    this.id = id;
    this.#hosts = hosts;
    this.#fleet = fleet;
    this.#effects = effects;
  }

  change(change: LinkChange, side: AffectedDirections): Undo {
    const isCut = change.up === false;
    if (isCut) this.#count(side, 1);
    return this.#act(
      (effect) => ({ type: 'change', effect, link: this.id, side, change }),
      () => {
        if (isCut) this.#count(side, -1);
      },
    );
  }

  hold(side: AffectedDirections): Undo {
    return this.#act((effect) => ({ type: 'hold', effect, link: this.id, side }));
  }

  attack(attack: ReplayAttack): Undo {
    return this.#act((effect) => ({ type: 'attack', effect, link: this.id, attack }));
  }

  isUp(side: 'forward' | 'backward'): boolean {
    return this.#down[side] === 0;
  }

  #act(command: (effect: number) => AgentCommand, ended?: () => void): Undo {
    const [effect, told] = this.#effects.open(command, this.#hosts);
    this.#fleet.tell(told, this.#hosts);
    return (): void => {
      if (!this.#effects.end(effect)) return;
      ended?.();
      this.#fleet.tell({ type: 'undo', effect }, this.#hosts);
    };
  }

  #count(side: AffectedDirections, by: number): void {
    if (side !== 'backward') this.#down.forward += by;
    if (side !== 'forward') this.#down.backward += by;
  }
}

function withoutGauges(
  metrics: Readonly<Record<string, MetricValue>>,
): Readonly<Record<string, MetricValue>> {
  return Object.fromEntries(Object.entries(metrics).filter(([, { kind }]) => kind !== 'gauge'));
}
