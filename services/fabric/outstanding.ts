/**
 * The requests of all clients that the node has not answered yet: bounded in number, bytes and
 * time, whatever the node does.
 *
 * @module
 */
import type { FabricNode, FabricOutcome, FabricRequest } from './fabric-node.ts';

/** Largest number of messages and calls that wait for their outcome; each may occupy a connection. */
const REQUESTS_MAX = 256;
/** Largest number of waiting answers to calls; more than a client can send before the node handles some. */
const ANSWERS_MAX = 4_096;
/**
 * Largest number of bytes of all waiting bodies together: two of the longest messages, because a node needs
 * several times as much memory for the requests that wait in it.
 */
const BYTES_MAX = 134_217_728;
/** Time that a node has to answer `deadline-over` after the end of a message's lifetime, ms. */
const GRACE_MS = 10_000;
/** Longest wait for the outcome of an answer to a call, ms: the node only has to write to its disk. */
const ANSWER_MS = 10_000;
const NS_PER_MS = 1_000_000;

/** The open requests of all clients to one node. */
export class OutstandingRequests {
  readonly #node: FabricNode;
  readonly #waiting = new Set<(outcome: FabricOutcome) => void>();
  #answers = 0;
  #bytes = 0;
  #isClosed = false;

  constructor(node: FabricNode) {
    this.#node = node;
  }

  /** True if a request of this kind would be refused as `busy`, whatever its length. */
  isFullFor(kind: FabricRequest['kind']): boolean {
    if (isAnswer(kind)) return this.#answers >= ANSWERS_MAX;
    return this.#waiting.size - this.#answers >= REQUESTS_MAX;
  }

  /** Reserves memory for a body, until {@link OutstandingRequests.giveBack}; false if there is none left. */
  reserve(bytes: number): boolean {
    if (this.#bytes + bytes > BYTES_MAX) return false;
    this.#bytes += bytes;
    return true;
  }

  /** Releases bytes that {@link OutstandingRequests.reserve} reserved. */
  giveBack(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Asks the node; resolves with `busy`, `closing` or `no-answer` if the node is not asked or does not answer. */
  async ask(question: FabricRequest): Promise<FabricOutcome> {
    if (this.#isClosed) return { outcome: 'closing' };
    if (this.isFullFor(question.kind)) return { outcome: 'busy' };
    const { lifetime } = question.wishes ?? {};
    const waitMs = lifetime === undefined ? ANSWER_MS : Math.ceil(lifetime / NS_PER_MS) + GRACE_MS;
    let end: (outcome: FabricOutcome) => void = () => undefined;
    const ended = new Promise<FabricOutcome>((resolve) => {
      end = resolve;
    });
    const timer = setTimeout(() => end({ outcome: 'no-answer' }), waitMs);
    this.#waiting.add(end);
    const answers = Number(isAnswer(question.kind));
    this.#answers += answers;
    try {
      return await Promise.race([askNodeSafely(this.#node, plain(question)), ended]);
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(end);
      this.#answers -= answers;
    }
  }

  /** Answers all waiting requests with `closing`. */
  close(): void {
    this.#isClosed = true;
    for (const end of this.#waiting) end({ outcome: 'closing' });
  }
}

function isAnswer(kind: FabricRequest['kind']): boolean {
  return kind === 'answer' || kind === 'refuse';
}

/** The question with a plain Uint8Array: nodes expect `slice` to copy, and that of `Buffer` does not. */
function plain(question: FabricRequest): FabricRequest {
  const { buffer, byteOffset, length } = question.body;
  return { ...question, body: new Uint8Array(buffer, byteOffset, length) };
}

/** Asks a node. If it throws, which it promised not to do, the outcome is `node-down`. */
async function askNodeSafely(node: FabricNode, question: FabricRequest): Promise<FabricOutcome> {
  try {
    return await node.request(question);
  } catch {
    // The error is not passed on: the client can do nothing but try again.
    return { outcome: 'node-down' };
  }
}
