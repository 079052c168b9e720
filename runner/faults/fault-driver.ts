/**
 * Carries out faults: turns each entry of `events` into instants of begin and end, acts on the
 * world, and records what was affected.
 *
 * Instants and victims come from the stream `faults/<id>`, so a fault changes no traffic. Faults
 * act before the packets of their nanosecond (docs/spec/scenario-files.md#events). A fault that
 * affects nothing is an error of the scenario, never a sample.
 *
 * @module
 */
import { openRandomStream, type RandomStream } from '../../engine/core/stream.ts';
import type { AffectedDirections, LinkChange } from '../../engine/net/link-spec.ts';
import type { FaultRecord } from '../../reports/model.ts';
import type { AskSpec, AttackSpec, FloodSpec, LinkSelector } from '../../scenarios/fault-parts.ts';
import { actionTargetsOf, type FaultAction } from '../../scenarios/files/events/actions.ts';
import type { FaultSpec, Scenario } from '../../scenarios/model.ts';
import type { AskAnswerReceiver } from '../asks/ask.ts';
import type { FloodCommand } from '../flood-order.ts';
import type { Undo, World } from '../world.ts';

/** A fault of the file that cannot be carried out; exit 2, with its position in the file. */
export class FaultError extends Error {
  readonly spec: FaultSpec;

  constructor(spec: FaultSpec, message: string) {
    super(message);
    this.name = 'FaultError';
    this.spec = spec;
  }
}

/** What the driver needs from the runner. */
export interface FaultContext {
  readonly world: World;
  readonly scenario: Scenario;
  readonly seed: number;
  /** Links of the path in use between two nodes, or undefined if there is none. */
  activePath(from: string, to: string): readonly string[] | undefined;
  /** True if links that are up join the two nodes without the link `cut`. */
  hasAlternative(from: string, to: string, cut: string): boolean;
  /** Begins a flood; undefined when the node that sends it is down. */
  flood(order: FloodCommand): Undo | undefined;
  /** Multiplies the rates of the flows from a node by `times`; absent if flows are sent in other processes. */
  readonly burst?: ((node: string, times: number) => readonly Undo[]) | undefined;
  /** False while a node is down. */
  isUp(node: string): boolean;
  crash(node: string, store: 'synced' | 'prefix' | 'torn'): void;
  restart(node: string): void;
  /** Begins an attack on privacy; absent if its effect could not be observed. */
  readonly attack?: ((attack: AttackSpec, draws: RandomStream) => Undo) | undefined;
  /** Puts a question to a node. */
  ask(spec: AskSpec, taker: AskAnswerReceiver): Undo;
  /** Called when links or a node went down, to inform the flows that use them. */
  began(record: FaultRecord, cutLinks: readonly string[]): void;
}

/** A fault record that is not complete yet. */
type OpenRecord = { -readonly [K in keyof FaultRecord]: FaultRecord[K] } & {
  effects: Record<string, number>;
};

/** Carries out the faults of one run. */
export class FaultDriver {
  readonly records: OpenRecord[] = [];
  readonly #context: FaultContext;
  /** Instants at which a fault begins or ends. */
  readonly #booked = new Set<number>();
  /** Number of crashes that hold a node down at present, by the node's name. */
  readonly #crashes = new Map<string, number>();
  #count = 0;
  #isClosed = false;

  constructor(context: FaultContext) {
    this.#context = context;
  }

  /** Books every instant of every fault. */
  schedule(): void {
    for (const spec of this.#context.scenario.events) {
      for (const { instant, draws } of this.#openings(spec)) {
        this.#book(instant.beginNs, () => {
          if (!this.#isClosed) this.#begin(spec, draws, instant);
        });
      }
    }
  }

  /** The work of the run is done: faults of the file that have not begun never will. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Schedules a fault that is not in the file. `settle` receives its outcome at its instant; a
   * fault that cannot be carried out leaves the run unchanged.
   */
  inject(spec: FaultSpec, settle: (came: FaultRecord | FaultError) => void): void {
    for (const { instant, draws } of this.#openings(spec)) {
      this.#book(instant.beginNs, () => {
        let came: FaultRecord | FaultError;
        try {
          came = this.#begin(spec, draws, instant);
        } catch (error) {
          if (!(error instanceof FaultError)) throw error;
          came = error;
        }
        settle(came);
      });
    }
  }

  /**
   * The first instant, from the given one on, at which nothing else begins or ends: a fault there
   * has the same order whether it was booked at the start of the run or just before it.
   */
  freeInstant(fromNs: number): number {
    const { warmupNs } = this.#context.scenario;
    let at = fromNs;
    while (this.#booked.has(at) || at === warmupNs) at += 1;
    return at;
  }

  #openings(spec: FaultSpec): { readonly instant: Instant; readonly draws: RandomStream }[] {
    this.#checkWorld(spec);
    const draws = openRandomStream(this.#context.seed, 'faults', spec.id);
    return this.#instants(spec, draws).map((instant) => ({ instant, draws }));
  }

  #book(timeNs: number, fire: () => void): void {
    this.#booked.add(timeNs);
    this.#context.world.atFault(timeNs, fire);
  }

  #checkWorld(spec: FaultSpec): void {
    const { kind } = spec.action;
    if (kind === 'attack' && this.#context.attack === undefined) {
      throw new FaultError(spec, 'attacks on privacy run only in virtual time');
    }
    if (kind === 'burst' && this.#context.burst === undefined) {
      throw new FaultError(spec, 'bursts of traffic need all nodes in one process');
    }
    if (kind === 'disk' && this.#context.world.slowDisk === undefined) {
      throw new FaultError(
        spec,
        'disks of this machine are as fast as they are: slower ones exist in virtual time',
      );
    }
  }

  #instants(spec: FaultSpec, draws: RandomStream): Instant[] {
    const { schedule } = spec;
    const end = this.#context.scenario.durationNs;
    switch (schedule.kind) {
      case 'at': {
        const endNs = schedule.forNs === undefined ? undefined : schedule.atNs + schedule.forNs;
        return [{ beginNs: schedule.atNs, endNs, only: undefined }];
      }
      case 'every': {
        const instants: Instant[] = [];
        const { everyNs, forNs } = schedule;
        // Only complete slots before the end of the run count.
        for (let slot = schedule.fromNs; slot + everyNs <= end; slot += everyNs) {
          const room = everyNs - forNs;
          const phase = schedule.phase === 'random' ? Math.floor(draws.uniform() * (room + 1)) : 0;
          const beginNs = slot + phase;
          instants.push({ beginNs, endNs: beginNs + forNs, only: undefined });
        }
        return instants;
      }
      case 'random':
        return this.#randomInstants(spec, schedule, draws);
    }
  }

  /** Each target has times of its own, from a stream of its own. */
  #randomInstants(
    spec: FaultSpec,
    schedule: Extract<FaultSpec['schedule'], { kind: 'random' }>,
    draws: RandomStream,
  ): Instant[] {
    const { seed, scenario } = this.#context;
    const instants: Instant[] = [];
    for (const only of drawnTargets(spec.action, draws)) {
      const own = openRandomStream(seed, 'faults', `${spec.id}/${only}`);
      let at = schedule.fromNs + own.exponential(schedule.meanUpNs);
      while (at < schedule.toNs) {
        const down = Math.max(1, Math.floor(own.exponential(schedule.meanDownNs)));
        const beginNs = Math.floor(at);
        const endNs = beginNs + down;
        // A node that would restart when nothing is measured any more stays down.
        const isOver = spec.action.kind === 'crash' && endNs >= scenario.durationNs;
        instants.push({ beginNs, endNs: isOver ? undefined : endNs, only });
        at += down + own.exponential(schedule.meanUpNs);
      }
    }
    if (instants.length === 0) {
      const message = `${spec.id} touches nothing: with seed ${seed} it never happens`;
      throw new FaultError(spec, `${message}; raise duration, or lower up`);
    }
    return instants.sort((a, b) => a.beginNs - b.beginNs);
  }

  #begin(
    spec: FaultSpec,
    draws: RandomStream,
    instant: Pick<Instant, 'endNs' | 'only'>,
  ): FaultRecord {
    const { world } = this.#context;
    const hit = this.#act(spec, draws, instant.only);
    if (hit.targets.length === 0) throw new FaultError(spec, `${spec.id} touches nothing`);
    this.#count += 1;
    const record: OpenRecord = {
      id: `${spec.id}#${this.#count}`,
      kind: spec.action.kind,
      text: hit.text,
      targets: hit.targets,
      beginNs: world.now(),
      effects: {},
    };
    this.records.push(record);
    this.#context.began(record, hit.cut);
    hit.began?.(record);
    if (instant.endNs === undefined) return record;
    this.#book(instant.endNs, () => {
      record.endNs = world.now();
      for (const undo of hit.undo) undo();
    });
    return record;
  }

  #act(spec: FaultSpec, draws: RandomStream, only: string | undefined): Hit {
    const { action } = spec;
    switch (action.kind) {
      case 'set-link':
        return this.#setLinks(spec, action, this.#select(spec, action.links, draws, only));
      case 'hold-link':
        return this.#hold(this.#select(spec, action.links, draws, only));
      case 'partition':
        return this.#partition(action);
      case 'crash':
        return this.#crash(action, draws, only);
      case 'clock': {
        this.#context.world.setClock(action.node, action);
        const undo = (): void => {
          this.#context.world.setClock(action.node, { stepNs: -action.stepNs, ppm: 0 });
        };
        return { targets: [action.node], cut: [], text: `${action.node} clock`, undo: [undo] };
      }
      case 'disk': {
        const { node, slowerNs } = action;
        const undo = this.#context.world.slowDisk?.(node, slowerNs) ?? ((): void => undefined);
        return { targets: [node], cut: [], text: `${node} disk slower`, undo: [undo] };
      }
      case 'burst': {
        const { node, times } = action;
        const undo = this.#context.burst?.(node, times) ?? [];
        if (undo.length === 0) throw new FaultError(spec, `no flow from ${node} has a rate`);
        return { targets: [node], cut: [], text: `${node} sends ${times} times as often`, undo };
      }
      case 'tap': {
        const ids = this.#select(spec, action.links, draws, only);
        const undo = ids.map((id) => this.#context.world.link(id).attack(action));
        return { targets: ids, cut: [], text: `${namesOf(ids)} tapped`, undo };
      }
      case 'attack':
        return this.#attack(action.attack, draws);
      case 'flood':
        return this.#flood(spec, action.flood);
      case 'ask':
      case 'reconfigure':
        return this.#ask(action.ask);
    }
  }

  #ask(ask: AskSpec): Hit {
    const { world } = this.#context;
    const undo: Undo[] = [];
    const text = `${ask.node} asked: ${[ask.kind, ask.target].join(' ').trim()}`;
    const began = (record: OpenRecord): void => {
      const ended: AskAnswerReceiver['ended'] = (answer) => {
        record.answer = answer;
        record.text = `${text}, ${answer.outcome}`;
        record.effects['answered'] = world.now();
      };
      undo.push(this.#context.ask(ask, { ended }));
    };
    return { targets: [ask.node], cut: [], text, undo, began };
  }

  #setLinks(
    spec: FaultSpec,
    action: Extract<FaultAction, { kind: 'set-link' }>,
    ids: readonly string[],
  ): Hit {
    const { world } = this.#context;
    const isCut = action.set.up === false;
    if (isCut) this.#checkAlternative(spec, action.links, ids);
    const change = linkChange(action.set);
    const undo = ids.map((id) => world.link(id).change(change, action.direction));
    const word = isCut ? 'down' : 'changed';
    return { targets: ids, cut: isCut ? ids : [], text: `${namesOf(ids)} ${word}`, undo };
  }

  /** Refuses a cut that leaves no other path: its failover time would be only the length of the cut. */
  #checkAlternative(spec: FaultSpec, selector: LinkSelector, ids: readonly string[]): void {
    if (selector.kind !== 'active-path') return;
    const { from, to } = selector;
    for (const id of ids) {
      if (this.#context.hasAlternative(from, to, id)) continue;
      throw new FaultError(spec, `cutting ${id} leaves no path from ${from} to ${to}`);
    }
  }

  #hold(ids: readonly string[]): Hit {
    const undo = ids.map((id) => this.#context.world.link(id).hold('both'));
    return { targets: ids, cut: ids, text: `${namesOf(ids)} held`, undo };
  }

  #partition(action: Extract<FaultAction, { kind: 'partition' }>): Hit {
    const { world, scenario } = this.#context;
    const ids: string[] = [];
    const undo: Undo[] = [];
    for (const link of scenario.topology.links) {
      const isForward = action.from.includes(link.a.host) && action.to.includes(link.b.host);
      const isBackward = action.from.includes(link.b.host) && action.to.includes(link.a.host);
      if (!isForward && !isBackward) continue;
      const oneWay: AffectedDirections = isForward ? 'forward' : 'backward';
      const side = action.direction === 'both' ? 'both' : oneWay;
      ids.push(link.id);
      undo.push(world.link(link.id).change({ up: false }, side));
    }
    const clouds = world.cutClouds?.(action.from, action.to, action.direction);
    if (clouds !== undefined) {
      for (const one of clouds.ids) ids.push(one);
      undo.push(clouds.end);
    }
    const text = `${action.from.join(', ')} cut off from ${action.to.join(', ')}`;
    return { targets: ids, cut: ids, text, undo };
  }

  #crash(
    action: Extract<FaultAction, { kind: 'crash' }>,
    draws: RandomStream,
    only: string | undefined,
  ): Hit {
    const nodes = only === undefined ? this.#victims(action, draws) : [only];
    const undo = nodes.map((node) => this.#holdDown(node, action.store));
    const hit = new Set(nodes);
    const touching = this.#context.scenario.topology.links.filter(
      ({ a, b }) => hit.has(a.host) || hit.has(b.host),
    );
    return {
      targets: nodes,
      cut: touching.map((link) => link.id),
      text: `${namesOf(nodes, 'nodes')} crashed`,
      undo,
    };
  }

  /** Draws the nodes of a fault from those that are up. */
  #victims(
    { nodes, count }: Extract<FaultAction, { kind: 'crash' }>,
    draws: RandomStream,
  ): readonly string[] {
    if (count === undefined) return nodes;
    const up = nodes.filter((node) => this.#context.isUp(node));
    const chosen = draws.choose(Math.min(count, up.length), up.length);
    return chosen.map((index) => up[index] as string);
  }

  /** Crashes stack like all effects: a node is back when the last of them ends. */
  #holdDown(node: string, store: 'synced' | 'prefix' | 'torn'): Undo {
    const holds = (change: number): number => {
      const count = (this.#crashes.get(node) ?? 0) + change;
      this.#crashes.set(node, count);
      return count;
    };
    if (holds(1) === 1) this.#context.crash(node, store);
    return (): void => {
      if (holds(-1) === 0) this.#context.restart(node);
    };
  }

  #attack(attack: AttackSpec, draws: RandomStream): Hit {
    const undo = this.#context.attack?.(attack, draws);
    const text = `${attack.kind} attack at ${attack.node}`;
    return { targets: [attack.node], cut: [], text, undo: undo === undefined ? [] : [undo] };
  }

  #flood(spec: FaultSpec, flood: FloodSpec): Hit {
    const { world } = this.#context;
    const undo = this.#context.flood({ id: `${spec.id}/${world.now()}`, flood });
    if (undo === undefined) {
      throw new FaultError(spec, `${flood.by} is down: the flood has no effect`);
    }
    const { forgery, node, as, rate } = flood;
    const text = `${rate}/s of ${forgery} to ${node} in the name of ${as}`;
    return { targets: [node], cut: [], text, undo: [undo] };
  }

  #select(
    spec: FaultSpec,
    selector: LinkSelector,
    draws: RandomStream,
    only: string | undefined,
  ): readonly string[] {
    if (only !== undefined) return [only];
    if (selector.kind === 'ids') return selector.ids;
    const path = this.#context.activePath(selector.from, selector.to);
    if (path === undefined) {
      const pair = `${selector.from} -> ${selector.to}`;
      throw new FaultError(spec, `${pair} has no active path at this instant`);
    }
    // `hop` picks links between areas; inside an area only where the path has no other.
    const external = path.filter((id) => joinsAreas(this.#context.scenario.topology, id));
    const choice = external.length > 0 ? external : path;
    const id = choice[hopIndex(selector.hop, choice.length, draws)];
    if (id === undefined) {
      const links = external.length > 0 ? 'links between areas' : 'links';
      const has = `${links}: ${choice.length}, counted from 0`;
      throw new FaultError(spec, `the active path has no hop ${selector.hop} (${has})`);
    }
    return [id];
  }
}

interface Instant {
  readonly beginNs: number;
  readonly endNs: number | undefined;
  /** The one link or node that the instant concerns, in a `random` schedule. */
  readonly only: string | undefined;
}

interface Hit {
  readonly targets: readonly string[];
  /** Links that carry nothing while the fault lasts. */
  readonly cut: readonly string[];
  readonly text: string;
  readonly undo: readonly Undo[];
  /** Called when the record exists. */
  readonly began?: (record: OpenRecord) => void;
}

/** The targets of a random schedule; which nodes these are may itself be drawn. */
function drawnTargets(action: FaultAction, draws: RandomStream): readonly string[] {
  const targets = actionTargetsOf(action);
  if (action.kind !== 'crash' || action.count === undefined) return targets;
  return draws.choose(action.count, targets.length).map((index) => targets[index] as string);
}

/** Names as text for people: all of them if there are at most two, else their number and the first name. */
function namesOf(ids: readonly string[], what: 'links' | 'nodes' = 'links'): string {
  return ids.length <= 2 ? ids.join(', ') : `${ids.length} ${what} (${ids[0]}, …)`;
}

function hopIndex(
  hop: 'random' | 'first' | 'last' | number,
  n: number,
  draws: RandomStream,
): number {
  if (hop === 'random') return Math.floor(draws.uniform() * n);
  if (hop === 'first') return 0;
  return hop === 'last' ? n - 1 : hop;
}

function linkChange(set: Extract<FaultAction, { kind: 'set-link' }>['set']): LinkChange {
  const { loss, lossBurst, corrupt, ...rest } = set;
  return {
    ...rest,
    ...(loss === undefined ? {} : { loss: lossSpec(loss, lossBurst) }),
    ...(corrupt === undefined ? {} : { corrupt: { probability: corrupt } }),
  };
}

function lossSpec(
  probability: number,
  meanBurst: number | undefined,
): NonNullable<LinkChange['loss']> {
  if (meanBurst === undefined) return { kind: 'bernoulli', probability };
  return { kind: 'burst', probability, meanBurst };
}

function joinsAreas({ hosts, links }: Scenario['topology'], id: string): boolean {
  const link = links.find((one) => one.id === id);
  const areaOf = (name?: string): string | undefined =>
    hosts.find((host) => host.name === name)?.area;
  return areaOf(link?.a.host) !== areaOf(link?.b.host);
}
