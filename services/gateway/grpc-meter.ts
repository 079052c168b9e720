/**
 * Metrics of a gateway that its node does not count: one sample a second, from which rates are
 * computed.
 *
 * @module
 */
import type { GatewayNode } from './gateway-node.ts';
import { askNode } from './grpc-answers.ts';
import { CallFailure } from './grpc-request.ts';
import type { AnswerOf } from './node-answers.ts';

type NodeStats = AnswerOf<'stats'>;

/** The counters of a gateway at an instant. */
interface Sample {
  readonly atMs: number;
  readonly packets: number;
  readonly bytes: number;
  readonly cpuUs: number;
}

/** Largest number of samples, one a second. */
const SAMPLES_MAX = 301;
const MS_PER_S = 1_000;

/** Metrics of one gateway that its node does not count. */
export class GatewayMeter {
  /** The samples, the oldest first. */
  readonly #samples: Sample[] = [];
  readonly #node: GatewayNode;

  constructor(node: GatewayNode) {
    this.#node = node;
  }

  /** Takes a sample. @returns (resolves) whether the node is running. */
  async sample(): Promise<boolean> {
    const gone = new AbortController().signal;
    const stats = await askNode({ node: this.#node, gone }, 'stats');
    if (stats instanceof CallFailure) return false;
    this.#samples.push(sampleOf(stats));
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
    return true;
  }

  /** The latest sample that is at least `seconds` old; if there is none, the oldest sample. */
  before(nowMs: number, seconds: number): Sample | undefined {
    const old = this.#samples.findLast(({ atMs }) => atMs <= nowMs - seconds * MS_PER_S);
    return old ?? this.#samples[0];
  }
}

/** Makes a sample from an answer that has just arrived. */
export function sampleOf({ counts }: NodeStats): Sample {
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    packets: counts.sentPackets + counts.receivedPackets,
    bytes: counts.sentBytes + counts.receivedBytes,
    cpuUs: user + system,
  };
}
