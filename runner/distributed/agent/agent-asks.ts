/**
 * Questions to the nodes of an agent: from applications and operators of its process, and from its coordinator.
 *
 * @module
 */
import type { NodeHandle } from '../../../engine/host/protocol.ts';
import type { Inquiry, OpenInquiry } from '../../../engine/net/inquiry.ts';
import type { AskSpec } from '../../../scenarios/fault-parts.ts';
import { RECONFIGURE_KIND } from '../../../scenarios/files/ask.ts';
import { type AskedNode, type AskTaker, askNode, statusOf } from '../../asks/ask.ts';
import { memberOf } from '../../nodes/host-nodes.ts';
import type { Reconfigurations, Reconfigured } from '../../nodes/reconfigure.ts';
import type { Undo } from '../../world.ts';
import type { Report } from '../messages/messages.ts';

/** What it needs of its agent. */
export interface AgentAsksParts {
  readonly world: AskedNode['world'];
  /** Lets code of nodes run. */
  readonly pump: { readonly isRunning: boolean; enter(code: () => void): void };
  readonly nodes: ReadonlyMap<string, NodeHandle>;
  readonly reconfigurations: Reconfigurations;
  readonly send: (report: Report) => void;
}

/** See the module. */
export class AgentAsks {
  readonly #parts: AgentAsksParts;
  /** Questions of the coordinator without an answer, by its number. */
  readonly #open = new Map<number, Undo>();

  constructor(parts: AgentAsksParts) {
    this.#parts = parts;
  }

  /** Passes a question of an application to a protocol of a node, by default the lowest one. */
  request(node: string, inquiry: Inquiry, by?: string): OpenInquiry {
    const { world, pump } = this.#parts;
    let open: OpenInquiry | undefined;
    if (!pump.isRunning) inquiry.respond('node-down');
    pump.enter(() => {
      open = world.request(node, inquiry, by);
    });
    return {
      cancel: (): void => pump.enter(() => open?.cancel()),
      room: (): void => pump.enter(() => open?.room()),
    };
  }

  /** What each node says of itself, by its name. */
  statuses(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
    const { world, nodes } = this.#parts;
    const all = [...nodes].map(([name, node]) => {
      const { outcome, text } = world.call(name, 'question', () => statusOf(node));
      return [name, outcome === 'ok' ? JSON.parse(text) : { error: text }] as const;
    });
    return Object.fromEntries(all);
  }

  /** Asks for an operator of this process. */
  put(spec: AskSpec, taker: AskTaker): Undo {
    const { world, pump, nodes, reconfigurations } = this.#parts;
    let undo: Undo | undefined;
    pump.enter(() => {
      const node = nodes.get(spec.node);
      undo = askNode({ world, node, reconfigurations }, spec, taker);
    });
    return (): void => pump.enter(() => undo?.());
  }

  /** Changes options of a node of this agent; undefined while it does not run. */
  reconfigure(name: string, options: Readonly<Record<string, unknown>>): Reconfigured | undefined {
    const { world, pump, nodes, reconfigurations } = this.#parts;
    const node = memberOf(nodes.get(name), undefined);
    if (node === undefined) return undefined;
    const asked = { node: name, kind: RECONFIGURE_KIND, target: '', withinNs: 0 };
    const spec = { ...asked, body: JSON.stringify(options) };
    let changed: Reconfigured | undefined;
    pump.enter(() => {
      changed = world.call(name, 'question', () => reconfigurations.change(spec, node));
    });
    return changed;
  }

  /** Asks for the coordinator: reports of type `part`, and one of type `answer`. */
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

  /** The coordinator wants no answer any more. */
  cancel(number: number): void {
    this.#open.get(number)?.();
  }
}
