/**
 * The run's side of questions that operators and pages put over its port (ADR 0080). Their answers go back as parts
 * and an end; nothing of it is measured.
 *
 * Most questions wait for a node; how many are open is bounded here, how long and how large their answers are in
 * `runner/asks/ask.ts`.
 *
 * @module
 */
import { mergeByName } from '../../engine/measure/counters.ts';
import { STATUS_KIND } from '../../scenarios/files/ask.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { Undo, World } from '../world.ts';
import type { AskNews, AskOrder, NodeStatuses } from './messages.ts';

/** What it needs of the run. */
export interface PortAsksParts {
  readonly scenario: Pick<Scenario, 'topology'>;
  readonly experiment: Pick<Experiment, 'put'>;
  readonly world: Pick<World, 'metrics' | 'nodeDrops'>;
  readonly tell: (news: AskNews) => void;
}

/** Most questions that wait for their answers. */
const OPEN_MAX = 64;
/** Most nodes whose status one order gets. */
const STATUSES_MAX = 1_000;
/** Longest status that is shown, characters, and how deep it may be. */
const STATUS_MAX = 65_536;
const DEPTH_MAX = 32;
/** Longest wait for the status of a node that is in another process, ns. */
const STATUS_NS = 1_000_000_000;

/** See the module. */
export class PortAsks {
  /** Questions that went to nodes, other than for their status. */
  asked = 0;
  readonly #parts: PortAsksParts;
  /** Questions without an answer, by their number. */
  readonly #open = new Map<number, Undo>();

  constructor(parts: PortAsksParts) {
    this.#parts = parts;
  }

  /** Carries out an order, at a moment at which nodes may run. */
  hear(order: AskOrder): void {
    if (order.kind === 'ask') this.#ask(order);
    else if (order.kind === 'unask') this.#open.get(order.number)?.();
    else this.look(order);
  }

  /** Carries out an order that only looks. */
  look(order: AskOrder): void {
    const { number } = order;
    if (order.kind === 'statuses') {
      this.#statuses(number, order.node);
    } else if (order.kind === 'counts') {
      const { world, scenario, tell } = this.#parts;
      const metrics = mergeByName(scenario.topology.hosts.map(({ name }) => world.metrics(name)));
      tell({ kind: 'counts', number, metrics, drops: world.nodeDrops() });
    }
  }

  #ask({ number, spec }: Extract<AskOrder, { kind: 'ask' }>): void {
    const { experiment, tell } = this.#parts;
    if (this.#open.size >= OPEN_MAX) {
      tell({ kind: 'answer', number, answer: { outcome: 'busy', tookNs: 0, parts: 0, bytes: 0 } });
      return;
    }
    if (spec.kind !== STATUS_KIND) this.asked += 1;
    let isOver = false;
    const undo = experiment.put(spec, {
      // Its bytes are the node's: they are read during the call only.
      part: (body) => tell({ kind: 'part', number, body: body.slice() }),
      ended: (answer) => {
        isOver = true;
        this.#open.delete(number);
        tell({ kind: 'answer', number, answer });
      },
    });
    if (!isOver) this.#open.set(number, undo);
  }

  /** Asks the nodes one by one, since they may be in other processes; answers when the last one has. */
  #statuses(number: number, node: string | undefined): void {
    const { hosts } = this.#parts.scenario.topology;
    const wanted = hosts.filter(({ name }) => node === undefined || name === node);
    const names = wanted.slice(0, STATUSES_MAX).map(({ name }) => name);
    const known = new Map<string, NodeStatuses[string]>();
    const tellAll = (): void => {
      // In the order of the file, whoever answers first.
      const nodes = Object.fromEntries(names.map((name) => [name, known.get(name) ?? {}]));
      this.#parts.tell({ kind: 'statuses', number, nodes });
    };
    if (names.length === 0) tellAll();
    for (const name of names) {
      this.#status(name, (status) => {
        known.set(name, status);
        if (known.size === names.length) tellAll();
      });
    }
  }

  #status(node: string, taker: (status: NodeStatuses[string]) => void): void {
    const question = { node, kind: STATUS_KIND, target: '', body: '', withinNs: STATUS_NS };
    const decoder = new TextDecoder();
    let text = '';
    this.#parts.experiment.put(question, {
      part: (body) => {
        if (text.length <= STATUS_MAX) text += decoder.decode(body, { stream: true });
      },
      ended: ({ outcome }) =>
        taker(outcome === 'ok' ? readStatus(text) : { error: text === '' ? outcome : text }),
    });
  }
}

/** A status may come from another process, and what is too deep cannot be sent over a port. */
function readStatus(text: string): NodeStatuses[string] {
  if (text.length > STATUS_MAX)
    return { error: `the status has more than ${STATUS_MAX} characters` };
  try {
    const status: NodeStatuses[string] = JSON.parse(text);
    return isWithin(status, DEPTH_MAX)
      ? status
      : { error: `the status is deeper than ${DEPTH_MAX}` };
  } catch {
    return { error: 'the status is not JSON' };
  }
}

function isWithin(value: unknown, depth: number): boolean {
  if (value === null || typeof value !== 'object') return true;
  return depth > 0 && Object.values(value).every((inner) => isWithin(inner, depth - 1));
}
