/**
 * The run's side of questions that operators and pages put over its port (ADR 0080). An answer goes
 * back in parts, followed by an end; no metric counts it. The number of open questions is bounded
 * here; duration and size of answers are bounded in `runner/asks/ask.ts`.
 *
 * @module
 */
import { mergeMetricsByName } from '../../engine/measure/counters.ts';
import { STATUS_KIND } from '../../scenarios/files/ask.ts';
import type { Scenario } from '../../scenarios/model.ts';
import { StatusRequest } from '../asks/status-request.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { Undo, World } from '../world.ts';
import type { AskCommand, AskReport, NodeStatuses } from './messages.ts';

/** What the handler of questions needs from the run. */
export interface PortAskHandlerParts {
  readonly scenario: Pick<Scenario, 'topology'>;
  readonly experiment: Pick<Experiment, 'put'>;
  readonly world: Pick<World, 'metrics' | 'nodeDrops'>;
  readonly tell: (news: AskReport) => void;
}

/** Largest number of questions that wait for their answers. */
const OPEN_MAX = 64;
/** Largest number of nodes whose statuses one command can request. */
const STATUSES_MAX = 1_000;
/** Longest wait for the status of a node that is in another process, ns. */
const STATUS_NS = 1_000_000_000;

/** Answers the questions that come over the port of a run. */
export class PortAskHandler {
  /** Number of questions that were put to nodes, without requests for statuses. */
  asked = 0;
  readonly #parts: PortAskHandlerParts;
  /** For each unanswered question, by its number: the function that gives it up. */
  readonly #open = new Map<number, Undo>();
  /**
   * Numbers of the commands that share the request for all statuses that is under way; undefined if
   * none is under way.
   */
  #statusAskers: number[] | undefined;

  constructor(parts: PortAskHandlerParts) {
    this.#parts = parts;
  }

  /** Carries out a command; to be called when code of nodes may run. */
  hear(order: AskCommand): void {
    if (order.kind === 'ask') this.#ask(order);
    else if (order.kind === 'unask') this.#open.get(order.number)?.();
    else this.inspect(order);
  }

  /** Carries out a command that changes nothing in the run. */
  inspect(order: AskCommand): void {
    const { number } = order;
    if (order.kind === 'statuses') {
      this.#statuses(number, order.node);
    } else if (order.kind === 'counts') {
      const { world, scenario, tell } = this.#parts;
      const metrics = mergeMetricsByName(
        scenario.topology.hosts.map(({ name }) => world.metrics(name)),
      );
      tell({ kind: 'counts', number, metrics, drops: world.nodeDrops() });
    }
  }

  #ask({ number, spec }: Extract<AskCommand, { kind: 'ask' }>): void {
    const { experiment, tell } = this.#parts;
    if (this.#open.size >= OPEN_MAX) {
      tell({ kind: 'answer', number, answer: { outcome: 'busy', tookNs: 0, parts: 0, bytes: 0 } });
      return;
    }
    if (spec.kind !== STATUS_KIND) this.asked += 1;
    let isOver = false;
    const undo = experiment.put(spec, {
      // The bytes are copied, because they are valid during the call only.
      part: (body) => tell({ kind: 'part', number, body: body.slice() }),
      ended: (answer) => {
        isOver = true;
        this.#open.delete(number);
        tell({ kind: 'answer', number, answer });
      },
    });
    if (!isOver) this.#open.set(number, undo);
  }

  /** Gets the status of a node, or of all. Commands for all statuses share a request that is under way. */
  #statuses(number: number, node: string | undefined): void {
    if (node !== undefined) {
      this.#readStatuses(node, (nodes) => this.#parts.tell({ kind: 'statuses', number, nodes }));
    } else if (this.#statusAskers !== undefined) {
      if (this.#statusAskers.length < OPEN_MAX) this.#statusAskers.push(number);
    } else {
      const numbers = [number];
      this.#statusAskers = numbers;
      this.#readStatuses(undefined, (nodes) => {
        this.#statusAskers = undefined;
        for (const one of numbers) this.#parts.tell({ kind: 'statuses', number: one, nodes });
      });
    }
  }

  /**
   * Asks the nodes one by one, since they may be in other processes; calls `taker` when the last node
   * has answered.
   */
  #readStatuses(node: string | undefined, taker: (nodes: NodeStatuses) => void): void {
    const { hosts } = this.#parts.scenario.topology;
    const wanted = hosts.filter(({ name }) => node === undefined || name === node);
    const names = wanted.slice(0, STATUSES_MAX).map(({ name }) => name);
    const known = new Map<string, NodeStatuses[string]>();
    const request = new StatusRequest();
    const tellAll = (): void =>
      // The statuses are listed in the order of the file, not in the order in which answers came.
      taker(Object.fromEntries(names.map((name) => [name, known.get(name) ?? {}])));
    if (names.length === 0) tellAll();
    for (const name of names) {
      const reader = request.reader();
      this.#parts.experiment.put(
        { node: name, kind: STATUS_KIND, target: '', body: '', withinNs: STATUS_NS },
        {
          part: (body) => reader.add(body),
          ended: ({ outcome }) => {
            known.set(name, reader.ended(outcome));
            if (known.size === names.length) tellAll();
          },
        },
      );
    }
  }
}
