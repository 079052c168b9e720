/**
 * What is measured of a gateway beside what its node counts: samples, one a second, from which rates come.
 *
 * @module
 */
import type { GatewayNode } from './gateway-node.ts';
import { askNode } from './grpc-answers.ts';
import { CallFailure } from './grpc-request.ts';
import type { AnswerOf } from './node-answers.ts';

type NodeStats = AnswerOf<'stats'>;

/** What was counted at an instant. */
interface Sample {
  readonly atMs: number;
  readonly packets: number;
  readonly bytes: number;
  readonly cpuUs: number;
}

/** Largest number of samples, one a second. */
const SAMPLES_MAX = 301;
const MS_PER_S = 1_000;

/** What is measured of one gateway beside what its node counts. */
export class GatewayMeter {
  /** The oldest first. */
  readonly #samples: Sample[] = [];
  readonly #node: GatewayNode;

  constructor(node: GatewayNode) {
    this.#node = node;
  }

  /** Takes a sample. @returns (resolves) whether the node runs. */
  async sample(): Promise<boolean> {
    const gone = new AbortController().signal;
    const stats = await askNode({ node: this.#node, gone }, 'stats');
    if (stats instanceof CallFailure) return false;
    this.#samples.push(sampleOf(stats));
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
    return true;
  }

  /** The latest sample that is at least so old, else the oldest. */
  before(nowMs: number, seconds: number): Sample | undefined {
    const old = this.#samples.findLast(({ atMs }) => atMs <= nowMs - seconds * MS_PER_S);
    return old ?? this.#samples[0];
  }
}

/** The sample of an answer that has just come. */
export function sampleOf({ counts }: NodeStats): Sample {
  const { user, system } = process.cpuUsage();
  return {
    atMs: performance.now(),
    packets: counts.sentPackets + counts.receivedPackets,
    bytes: counts.sentBytes + counts.receivedBytes,
    cpuUs: user + system,
  };
}
