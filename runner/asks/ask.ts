/**
 * Puts questions of a scenario or an operator to a node. Each is answered once, or fails at its
 * deadline.
 *
 * @module
 */
import type { NodeHandle } from '../../engine/host/protocol.ts';
import type { AskAnswer } from '../../reports/model.ts';
import type { AskSpec } from '../../scenarios/fault-parts.ts';
import { RECONFIGURE_KIND, STATUS_KIND } from '../../scenarios/files/ask.ts';
import { findProtocolNode } from '../nodes/host-nodes.ts';
import type { Reconfigurations } from '../nodes/reconfigure.ts';
import type { Undo, World } from '../world.ts';

/** Largest size of an answer with all its parts, bytes. */
export const ANSWER_BYTES_MAX = 1_048_576;
/** Largest number of parts of an answer. */
export const ANSWER_PARTS_MAX = 65_536;
/** Longest name of the outcome of a question, characters. */
const OUTCOME_MAX = 256;
/** Longest explanation of an outcome, characters. */
const EXPLANATION_MAX = 1_024;

/** Receives the answer to a question. */
export interface AskAnswerReceiver {
  /** Called with each part of the answer, which is valid during the call only. */
  part?(body: Uint8Array): void;
  /** Called once, after all parts. */
  ended(answer: AskAnswer): void;
}

/** The node to which a question is put, and its world. */
export interface AskedNode {
  readonly world: Pick<World, 'now' | 'later' | 'host' | 'call' | 'request'>;
  /** The handle for all protocols of the node; undefined while the node is down. */
  readonly node: NodeHandle | undefined;
  readonly reconfigurations: Reconfigurations;
}

/**
 * Puts a question to a node of this process at once.
 * @returns a function that gives the question up, with the outcome `cancelled`.
 */
export function askNode(
  { world, node, reconfigurations }: AskedNode,
  spec: AskSpec,
  taker: AskAnswerReceiver,
): Undo {
  const { node: name, by, kind, target, withinNs } = spec;
  const answer = new Answer(world, taker);
  const member = findProtocolNode(node, by);
  if (node === undefined || member === undefined) {
    answer.end('node-down');
  } else if (kind === STATUS_KIND) {
    const asked = by === undefined ? node : member;
    const { outcome, text } = world.call(name, 'question', () => nodeStatusJson(asked));
    answer.end(outcome, new TextEncoder().encode(text));
  } else if (kind === RECONFIGURE_KIND) {
    const { outcome, text } = world.call(name, 'question', () =>
      reconfigurations.change(spec, member),
    );
    answer.end(outcome, new TextEncoder().encode(text));
  } else {
    const waitNs = Math.max(1, Math.round(withinNs));
    const deadlineNs = world.host(name).now() + waitNs;
    const body = new TextEncoder().encode(spec.body);
    const more = (part: Uint8Array): 'ok' | 'full' => answer.part(part);
    const respond = (outcome: string, rest?: Uint8Array): void => answer.end(outcome, rest);
    answer.began(
      world.later(waitNs, () => answer.giveUp('no-answer')),
      world.request(name, { kind, target, body, deadlineNs, more, respond }, by),
    );
  }
  return (): void => answer.giveUp('cancelled');
}

/** The status of a node as JSON text; `failed` with the reason if its `status` throws. */
export function nodeStatusJson(node: NodeHandle): {
  readonly outcome: 'ok' | 'failed';
  readonly text: string;
} {
  try {
    // `stringify` returns undefined if the status has a `toJSON` that returns undefined.
    const text: string | undefined = JSON.stringify(node.status?.() ?? {});
    return { outcome: 'ok', text: text ?? '{}' };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { outcome: 'failed', text: words.slice(0, EXPLANATION_MAX) };
  }
}

const NOBODY: AskAnswerReceiver = { ended: () => undefined };

class Answer {
  #open: ReturnType<World['request']>;
  #endWait: Undo = () => undefined;
  readonly #world: Pick<World, 'now'>;
  #taker: AskAnswerReceiver;
  readonly #askedNs: number;
  #isOver = false;
  #isGivenUp = false;
  #parts = 0;
  #bytes = 0;

  constructor(world: Pick<World, 'now'>, taker: AskAnswerReceiver) {
    this.#world = world;
    this.#taker = taker;
    this.#askedNs = world.now();
  }

  /**
   * @param endWait Cancels the timer of the deadline.
   * @param open The question at the node; undefined if the node did not accept it.
   */
  began(endWait: Undo, open: ReturnType<World['request']>): void {
    this.#endWait = endWait;
    this.#open = open;
    if (this.#isOver) this.#close();
  }

  part(body: Uint8Array): 'ok' | 'full' {
    if (this.#isOver) return 'full';
    if (this.#isTooLong(body) || this.#parts === ANSWER_PARTS_MAX) {
      this.giveUp('too-long');
      return 'full';
    }
    this.#parts += 1;
    this.#bytes += body.length;
    this.#taker.part?.(body);
    return 'ok';
  }

  end(outcome: string, rest: Uint8Array = new Uint8Array(0)): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const isTooLong = this.#isTooLong(rest);
    if (!isTooLong && rest.length > 0) {
      this.#bytes += rest.length;
      this.#taker.part?.(rest);
    }
    const taker = this.#taker;
    this.#close();
    taker.ended({
      outcome: isTooLong ? 'too-long' : outcome.slice(0, OUTCOME_MAX),
      tookNs: this.#world.now() - this.#askedNs,
      parts: this.#parts,
      bytes: this.#bytes,
    });
  }

  giveUp(outcome: string): void {
    if (this.#isOver) return;
    this.#isGivenUp = true;
    this.end(outcome);
  }

  /** Cancels the deadline and everything else that a finished question still holds. */
  #close(): void {
    this.#taker = NOBODY;
    this.#endWait();
    if (this.#isGivenUp) this.#open?.cancel();
    this.#open = undefined;
  }

  #isTooLong({ length }: Uint8Array): boolean {
    return this.#bytes + length > ANSWER_BYTES_MAX;
  }
}
