/**
 * Questions to nodes in other processes: they go out as commands, and their answers come as reports.
 *
 * @module
 */
import type { AskAnswer } from '../../../reports/model.ts';
import type { AskSpec } from '../../../scenarios/fault-parts.ts';
import { ANSWER_BYTES_MAX, ANSWER_PARTS_MAX, type AskAnswerReceiver } from '../../asks/ask.ts';
import type { Undo } from '../../world.ts';
import type { AgentFleet, AgentReport } from '../messages/messages.ts';
import type { WallClockAgenda } from './wall-agenda.ts';

/**
 * How long the coordinator waits after the deadline of a question, ns. A working agent ends its
 * questions at the deadline.
 */
const GRACE_NS = 1_000_000_000;

interface Open {
  readonly node: string;
  readonly taker: AskAnswerReceiver;
  readonly askedNs: number;
  /** Number of parts of the answer that have arrived, and bytes of all of them. */
  parts: number;
  bytes: number;
}

/** Sends questions to nodes in other processes, and passes their answers on. */
export class RemoteAsks {
  readonly #fleet: AgentFleet;
  readonly #agenda: WallClockAgenda;
  readonly #open = new Map<number, Open>();
  #next = 1;

  constructor(fleet: AgentFleet, agenda: WallClockAgenda) {
    this.#fleet = fleet;
    this.#agenda = agenda;
  }

  /**
   * Puts a question to a node at once.
   * @returns a function that gives the question up.
   */
  ask(spec: AskSpec, taker: AskAnswerReceiver): Undo {
    const number = this.#next;
    this.#next += 1;
    const { node, withinNs } = spec;
    const askedNs = this.#agenda.now();
    this.#open.set(number, { node, taker, askedNs, parts: 0, bytes: 0 });
    this.#fleet.tell({ type: 'ask', number, ask: spec }, [node]);
    this.#agenda.at(askedNs + withinNs + GRACE_NS, () => this.#end(number, 'no-answer'));
    return (): void => {
      if (!this.#open.has(number)) return;
      this.#fleet.tell({ type: 'unask', number }, [node]);
      this.#end(number, 'cancelled');
    };
  }

  /**
   * Handles a part or the end of an answer of an agent with these hosts; ignores answers to questions
   * that were not put to this agent.
   */
  hear(hosts: readonly string[], report: Extract<AgentReport, { type: 'part' | 'answer' }>): void {
    const open = this.#open.get(report.number);
    if (open === undefined || !hosts.includes(open.node)) return;
    if (report.type === 'part') {
      this.#take(report, open);
      return;
    }
    this.#open.delete(report.number);
    open.taker.ended(report.answer);
  }

  /**
   * Adds a part of an answer. A working agent keeps within the bounds of an answer, so a larger
   * answer is refused.
   */
  #take({ number, body }: Extract<AgentReport, { type: 'part' }>, open: Open): void {
    open.parts += 1;
    open.bytes += body.length;
    if (open.parts <= ANSWER_PARTS_MAX && open.bytes <= ANSWER_BYTES_MAX) {
      open.taker.part?.(body);
      return;
    }
    this.#fleet.tell({ type: 'unask', number }, [open.node]);
    this.#end(number, 'too-long');
  }

  /** Ends the questions to a node that has crashed. */
  crashed(node: string): void {
    for (const [number, open] of this.#open) if (open.node === node) this.#end(number, 'node-down');
  }

  #end(number: number, outcome: AskAnswer['outcome']): void {
    const open = this.#open.get(number);
    if (open === undefined) return;
    this.#open.delete(number);
    const tookNs = this.#agenda.now() - open.askedNs;
    open.taker.ended({ outcome, tookNs, parts: 0, bytes: 0 });
  }
}
