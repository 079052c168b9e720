/**
 * The requests of all clients that the node has not answered yet: bounded in number, bytes and
 * time, whatever the node does.
 *
 * @module
 */
import type { FabricNode, Outcome, Question } from './fabric-node.ts';

/** Messages and calls that wait for their outcome; each may be a connection. */
const REQUESTS_MAX = 256;
/** Answers to calls; more than a client can say before the node has its turn. */
const ANSWERS_MAX = 4_096;
/**
 * Bytes of their bodies: two of the longest messages, because a node needs several times as much memory
 * for what waits in it.
 */
const BYTES_MAX = 134_217_728;
/** A node answers `deadline-over` at the end of a lifetime; it gets this long to say so, ms. */
const GRACE_MS = 10_000;
/** Answers to calls, which wait for nothing but the disk, ms. */
const ANSWER_MS = 10_000;
const NS_PER_MS = 1_000_000;

/** See the module. */
export class Outstanding {
  readonly #node: FabricNode;
  readonly #waiting = new Set<(outcome: Outcome) => void>();
  #answers = 0;
  #bytes = 0;
  #isClosed = false;

  constructor(node: FabricNode) {
    this.#node = node;
  }

  /** True if a request of this kind would be refused as `busy`, whatever its length. */
  isFullFor(kind: Question['kind']): boolean {
    if (isAnswer(kind)) return this.#answers >= ANSWERS_MAX;
    return this.#waiting.size - this.#answers >= REQUESTS_MAX;
  }

  /** Takes memory for the bytes of a body; false if there is none left. Give it back. */
  reserve(bytes: number): boolean {
    if (this.#bytes + bytes > BYTES_MAX) return false;
    this.#bytes += bytes;
    return true;
  }

  /** Gives back what was reserved. */
  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Asks the node; resolves with `busy`, `closing` or `no-answer` if it does not answer. */
  async ask(question: Question): Promise<Outcome> {
    if (this.#isClosed) return { outcome: 'closing' };
    if (this.isFullFor(question.kind)) return { outcome: 'busy' };
    const { lifetime } = question.wishes ?? {};
    const waitMs = lifetime === undefined ? ANSWER_MS : Math.ceil(lifetime / NS_PER_MS) + GRACE_MS;
    let end: (outcome: Outcome) => void = () => undefined;
    const ended = new Promise<Outcome>((resolve) => {
      end = resolve;
    });
    const timer = setTimeout(() => end({ outcome: 'no-answer' }), waitMs);
    this.#waiting.add(end);
    const answers = Number(isAnswer(question.kind));
    this.#answers += answers;
    try {
      return await Promise.race([settled(this.#node, plain(question)), ended]);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(end);
      this.#answers -= answers;
    }
  }

  /** Answers everything that waits with `closing`. */
  close(): void {
    this.#isClosed = true;
    for (const end of this.#waiting) end({ outcome: 'closing' });
  }
}

function isAnswer(kind: Question['kind']): boolean {
  return kind === 'answer' || kind === 'refuse';
}

/** Nodes expect `slice` to copy, which that of `Buffer` does not. */
function plain(question: Question): Question {
  const { buffer, byteOffset, length } = question.body;
  return { ...question, body: new Uint8Array(buffer, byteOffset, length) };
}

/** Asks a node; what it throws, against its promise, is that of a node that is down. */
export async function settled(node: FabricNode, question: Question): Promise<Outcome> {
  try {
    return await node.request(question);
  } catch {
    // Whoever made the node hears of its mistakes; a client can only try again.
    return { outcome: 'node-down' };
  }
}
