/**
 * Questions of a scenario or an operator to a node: each has one answer, in time, or none.
 *
 * @module
 */
import type { NodeHandle } from '../../engine/host/protocol.ts';
import type { AskAnswer } from '../../reports/model.ts';
import type { AskSpec } from '../../scenarios/fault-parts.ts';
import type { Undo, World } from '../world.ts';

/** Most bytes of an answer, all its parts together. */
export const ANSWER_BYTES_MAX = 1_048_576;
/** Most parts of an answer. */
export const ANSWER_PARTS_MAX = 65_536;
/** A question that every node answers, with its status as JSON. */
const STATUS_KIND = 'status';

/** Who asks. */
export interface AskTaker {
  /** A part of the answer, read during the call; the last one may come with its end. */
  part?(body: Uint8Array): void;
  /** Called once, last. */
  ended(answer: AskAnswer): void;
}

/** The node that is asked, or one of its layers, and its world. */
export interface AskedNode {
  readonly world: Pick<World, 'now' | 'at' | 'host' | 'call' | 'request'>;
  /** Undefined if it is down, or runs no such protocol. */
  readonly node: NodeHandle | undefined;
}

/**
 * Asks a node of this process, now.
 * @returns gives the question up, as `cancelled`.
 */
export function askNode({ world, node }: AskedNode, spec: AskSpec, taker: AskTaker): Undo {
  const { node: name, by, kind, target, withinNs } = spec;
  const answer = new Answer(world, taker);
  if (node === undefined) {
    answer.end('node-down');
  } else if (kind === STATUS_KIND) {
    const status = world.call(name, 'question', () => node.status?.() ?? {});
    answer.end('ok', new TextEncoder().encode(JSON.stringify(status)));
  } else {
    const deadlineNs = world.host(name).now() + withinNs;
    const body = new TextEncoder().encode(spec.body);
    const more = (part: Uint8Array): 'ok' | 'full' => answer.part(part);
    const respond = (outcome: string, rest?: Uint8Array): void => answer.end(outcome, rest);
    answer.open = world.request(name, { kind, target, body, deadlineNs, more, respond }, by);
    world.at(world.now() + withinNs, () => answer.giveUp('no-answer'));
  }
  return (): void => answer.giveUp('cancelled');
}

class Answer {
  open: ReturnType<World['request']>;
  readonly #world: Pick<World, 'now'>;
  readonly #taker: AskTaker;
  readonly #askedNs: number;
  #isOver = false;
  #parts = 0;
  #bytes = 0;

  constructor(world: Pick<World, 'now'>, taker: AskTaker) {
    this.#world = world;
    this.#taker = taker;
    this.#askedNs = world.now();
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
    this.#taker.ended({
      outcome: isTooLong ? 'too-long' : outcome,
      tookNs: this.#world.now() - this.#askedNs,
      parts: this.#parts,
      bytes: this.#bytes,
    });
  }

  giveUp(outcome: string): void {
    if (this.#isOver) return;
    this.open?.cancel();
    this.end(outcome);
  }

  #isTooLong({ length }: Uint8Array): boolean {
    return this.#bytes + length > ANSWER_BYTES_MAX;
  }
}
