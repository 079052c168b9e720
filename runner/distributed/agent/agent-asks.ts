/**
 * Puts questions to the nodes of an agent: those of applications and operators of its process, and of
 * its coordinator.
 *
 * @module
 */
import type { OpenRequest, RequestWithReceiver } from '../../../engine/net/inquiry.ts';
import type { AskSpec } from '../../../scenarios/fault-parts.ts';
import { type AskAnswerReceiver, type AskedNode, nodeStatusJson } from '../../asks/ask.ts';
import { type ShownStatus, StatusRequest } from '../../asks/status-request.ts';
import type { Experiment } from '../../experiment/experiment.ts';
import { findProtocolNode } from '../../nodes/host-nodes.ts';
import type { ReconfigureResult } from '../../nodes/reconfigure.ts';
import type { Undo } from '../../world.ts';
import type { AgentReport } from '../messages/messages.ts';

/** What the handler of questions needs from its agent. */
export interface AgentAskHandlerParts {
  readonly world: AskedNode['world'];
  /** The event pump, inside which all code of nodes must run. */
  readonly pump: { readonly isRunning: boolean; enter(code: () => void): void };
  readonly experiment: Pick<Experiment, 'nodes' | 'put' | 'reconfigurations'>;
  readonly send: (report: AgentReport) => void;
}

/** Passes questions of applications, operators and the coordinator to the nodes of an agent. */
export class AgentAskHandler {
  readonly #parts: AgentAskHandlerParts;
  /**
   * For each unanswered question of the coordinator, by its number there: the function that gives it
   * up.
   */
  readonly #open = new Map<number, Undo>();

  constructor(parts: AgentAskHandlerParts) {
    this.#parts = parts;
  }

  /** Passes a question of an application to a protocol of a node, by default the lowest one. */
  request(node: string, inquiry: RequestWithReceiver, by?: string): OpenRequest {
    const { world, pump } = this.#parts;
    let open: OpenRequest | undefined;
    if (!pump.isRunning) inquiry.respond('node-down');
    pump.enter(() => {
      open = world.request(node, inquiry, by);
    });
    return {
      cancel: (): void => pump.enter(() => open?.cancel()),
      room: (): void => pump.enter(() => open?.room()),
    };
  }

  /** The status of each node, by its name, within the bounds of one request (status-request.ts). */
  statuses(): Readonly<Record<string, ShownStatus>> {
    const { world, experiment } = this.#parts;
    const request = new StatusRequest();
    const all = [...experiment.nodes].map(([name, node]) => {
      const { outcome, text } = world.call(name, 'question', () => nodeStatusJson(node));
      const reader = request.reader();
      reader.add(new TextEncoder().encode(text));
      return [name, reader.ended(outcome)] as const;
    });
    return Object.fromEntries(all);
  }

  /**
   * Puts the question of an operator of this process; returns a function that gives the question up.
   */
  put(spec: AskSpec, taker: AskAnswerReceiver): Undo {
    const { pump, experiment } = this.#parts;
    let undo: Undo | undefined;
    pump.enter(() => {
      undo = experiment.put(spec, taker);
    });
    return (): void => pump.enter(() => undo?.());
  }

  /**
   * Passes to a node of this agent the options that its file has now; undefined while the node does not
   * run.
   */
  reconfigure(
    name: string,
    options: Readonly<Record<string, unknown>>,
  ): ReconfigureResult | undefined {
    const { world, pump, experiment } = this.#parts;
    const { nodes, reconfigurations } = experiment;
    const node = findProtocolNode(nodes.get(name), undefined);
    if (node === undefined) return undefined;
    let changed: ReconfigureResult | undefined;
    pump.enter(() => {
      changed = world.call(name, 'question', () => reconfigurations.reread(name, options, node));
    });
    return changed;
  }

  /**
   * Puts the question of the coordinator, which gets the answer as reports of type `part` and one of
   * type `answer`.
   */
  ask(number: number, spec: AskSpec): void {
    const { send } = this.#parts;
    let isOver = false;
    const undo = this.put(spec, {
      part: (body) => send({ type: 'part', number, body: body.slice() }),
      ended: (answer) => {
        isOver = true;
        this.#open.delete(number);
        send({ type: 'answer', number, answer });
      },
    });
    if (!isOver) this.#open.set(number, undo);
  }

  /** Gives up a question of the coordinator. */
  cancel(number: number): void {
    this.#open.get(number)?.();
  }
}
