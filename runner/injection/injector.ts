/**
 * The run's side of its port: takes commands about faults, checks each event, schedules it at
 * an instant of the run's clock, and answers with this instant or with the reason for a refusal (ADR
 * 0015). `port-asks.ts` handles questions.
 *
 * Only the runner uses the port: nodes, links and meters cannot tell whether a fault was in the file.
 *
 * @module
 */
import type { FaultRecord } from '../../reports/model.ts';
import type { FaultSpec, Scenario } from '../../scenarios/model.ts';
import type { ProtocolLookup } from '../../topologies/files/registry.ts';
import { listFirstNames } from '../../topologies/files/suggest.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { FaultError } from '../faults/fault-context.ts';
import type { World } from '../world.ts';
import { EventCheck } from './event-check.ts';
import { findInjectionObstacle } from './kinds.ts';
import type {
  AskCommand,
  EventValues,
  InjectionPort,
  RunPortCommand,
  RunPortReport,
} from './messages.ts';
import { PortAskHandler } from './port-asks.ts';

/** What an {@link Injector} needs: the port of the run, the run, and its world. */
export interface InjectorParts {
  readonly link: InjectionPort;
  readonly scenario: Scenario;
  readonly registry: ProtocolLookup;
  readonly experiment: Experiment;
  readonly world: Pick<World, 'metrics' | 'nodeDrops'>;
}

/** Largest number of commands taken per slice; further ones wait for the next slice. */
const BATCH_MAX = 64;
/**
 * In real time, faults are scheduled this much after the present, ns, so that their instant is never in
 * the past.
 */
const LEAD_NS = 1_000_000;

/** Takes faults from the port of a run, checks and schedules them, and answers. */
export class Injector {
  readonly #parts: InjectorParts;
  readonly #check: EventCheck;
  readonly #asks: PortAskHandler;

  /** Makes the injector of a run; undefined if the run has no port. */
  static of({
    link,
    ...parts
  }: Omit<InjectorParts, 'link'> & { readonly link: InjectionPort | undefined }):
    | Injector
    | undefined {
    return link === undefined ? undefined : new Injector({ ...parts, link });
  }

  constructor(parts: InjectorParts) {
    this.#parts = parts;
    this.#check = new EventCheck(parts.scenario, parts.registry);
    this.#asks = new PortAskHandler({ ...parts, tell: (news): void => this.#tell(news) });
    this.#tell({ kind: 'ready', paths: parts.experiment.followedPaths() });
  }

  /** Takes the commands that have arrived. */
  take(): readonly RunPortCommand[] {
    const orders: RunPortCommand[] = [];
    const { registry, link } = this.#parts;
    while (orders.length < BATCH_MAX) {
      const one = registry.machine.nextMessage(link.port);
      if (one === undefined) break;
      orders.push(one.message as RunPortCommand);
    }
    return orders;
  }

  /** Carries out the commands that have arrived; for runs that cannot be paused. */
  takeAll(fromNs: number): void {
    for (const order of this.take()) this.#obey(order, fromNs);
  }

  /**
   * Number of questions that were put to nodes. If there are any, the exported file does not repeat the
   * run, because nodes may have acted on them.
   */
  get asked(): number {
    return this.#asks.asked;
  }

  /** Carries out a command that changes nothing in the run; ignores others. */
  inspect(order: AskCommand): void {
    this.#asks.inspect(order);
  }

  /**
   * Carries out each command when it arrives; a fault begins shortly after.
   * @param enter Calls its argument when faults may be scheduled and code of nodes may run.
   */
  follow(now: () => number, enter: (act: () => void) => void = (act) => act()): void {
    const { port } = this.#parts.link;
    port.on('message', (order) => {
      enter(() => this.#obey(order as RunPortCommand, now() + LEAD_NS));
    });
    // Commands may never come, so the port must not keep the process alive.
    port.unref();
  }

  /**
   * Schedules a fault.
   * @param fromNs The fault begins at this instant of the run, or a few ns later.
   * @returns its instant; undefined if it was rejected.
   */
  inject(order: Extract<RunPortCommand, { kind: 'inject' }>, fromNs: number): number | undefined {
    const { scenario, experiment } = this.#parts;
    const { number } = order;
    const atNs = experiment.faults.freeInstant(fromNs);
    const checked = this.#check.check(order.event, atNs);
    if (checked.kind === 'refused') return this.#refuse(number, checked.reason);
    const { spec, event } = checked;
    const obstacle = findInjectionObstacle(spec.action, scenario) ?? this.#isDown(spec);
    if (obstacle !== undefined) {
      this.#check.withdraw(spec.id);
      return this.#refuse(number, obstacle);
    }
    experiment.faults.inject(spec, (came) => {
      if (!(came instanceof FaultError)) {
        this.#tell({ kind: 'injected', number, fault: injectedOf(spec, event, came) });
        return;
      }
      this.#check.withdraw(spec.id);
      this.#refuse(number, came.message.replace(spec.id, 'the fault'));
    });
    return atNs;
  }

  /** Reports the pace that the run has from now on. */
  paced(number: number, speed: number | null): void {
    this.#tell({ kind: 'paced', number, speed });
  }

  #obey(order: RunPortCommand, fromNs: number): void {
    if (order.kind === 'inject') this.inject(order, fromNs);
    else if (order.kind !== 'pace') this.#asks.hear(order);
  }

  #isDown({ action }: FaultSpec): string | undefined {
    if (action.kind !== 'crash') return undefined;
    const isDown = (node: string): boolean => this.#parts.experiment.node(node) === undefined;
    return action.nodes.every(isDown)
      ? `${listFirstNames(action.nodes)} is down already`
      : undefined;
  }

  #refuse(number: number, reason: string): undefined {
    this.#tell({ kind: 'refused', number, reason });
  }

  #tell(news: RunPortReport): void {
    this.#parts.link.port.postMessage(news);
  }
}

/** The event as a scenario file would have it, with the instant at which it happened. */
function injectedOf(
  { id, schedule }: FaultSpec,
  event: EventValues,
  { beginNs, text }: FaultRecord,
): Extract<RunPortReport, { kind: 'injected' }>['fault'] {
  const isTimed = schedule.kind === 'at' && schedule.forNs !== undefined;
  const endNs = isTimed ? schedule.atNs + (schedule.forNs ?? 0) : undefined;
  const length = endNs === undefined ? {} : { for: `${endNs - beginNs}ns` };
  const isExact = schedule.kind === 'at' && schedule.atNs === beginNs;
  const exact = isExact ? event : { ...event, at: `${beginNs}ns`, ...length };
  return { id, event: exact, beginNs, endNs, text };
}
