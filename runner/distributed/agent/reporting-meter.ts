/**
 * What the sending and the receiving application of a flow record in an agent: the packets that were
 * sent and that arrived, for the meters in the coordinator.
 *
 * @module
 */
import { FlowMeter } from '../../traffic/flow-meter.ts';
import { type GroundTruth, readTruth, TRUTH_KINDS } from '../../traffic/ground-truth.ts';
import type { Flow } from '../../traffic/traffic-source.ts';
import { ARRIVED_ROW_WIDTH, SENT_ROW_WIDTH } from '../messages/messages.ts';
import { RowBuffer } from './row-buffer.ts';

/** Rows about packets that wait to be reported to the coordinator. */
export class MeasuredRows {
  /** Number of deliveries whose bytes were not those of a packet of a flow. */
  damaged = 0;
  readonly #sent = new RowBuffer(SENT_ROW_WIDTH);
  readonly #arrived = new RowBuffer(ARRIVED_ROW_WIDTH);
  readonly #hosts: ReadonlyMap<string, number>;
  readonly #truth: GroundTruth = { flow: 0, kind: 'data', sequence: 0, sentNs: 0 };

  constructor(hosts: readonly string[], indexOf: (host: string) => number) {
    this.#hosts = new Map(hosts.map((host) => [host, indexOf(host)]));
  }

  sent(flow: number, sequence: number, now: number): void {
    const at = this.#sent.add();
    const { values } = this.#sent;
    values[at] = flow;
    values[at + 1] = sequence;
    values[at + 2] = now;
  }

  /**
   * Records bytes that reached the application of a node. If they are the request of a flow with
   * responses, the receiver answers here.
   */
  delivered(
    node: string,
    bytes: Uint8Array,
    how: { readonly flows: readonly Flow[]; readonly now: number; readonly isAgain?: boolean },
  ): void {
    const { flows, now, isAgain = false } = how;
    const truth = this.#truth;
    const flow = readTruth(bytes, truth) ? flows[truth.flow] : undefined;
    if (flow === undefined) {
      this.damaged += 1;
      return;
    }
    const at = this.#arrived.add();
    const { values } = this.#arrived;
    values[at] = this.#hosts.get(node) ?? -1;
    values[at + 1] = truth.flow;
    values[at + 2] = TRUTH_KINDS.indexOf(truth.kind) + (isAgain ? TRUTH_KINDS.length : 0);
    values[at + 3] = truth.sequence;
    values[at + 4] = truth.sentNs;
    values[at + 5] = now;
    const { pattern } = flow.spec;
    if (truth.kind === 'request' && pattern.kind === 'request-response') {
      flow.respond(truth.sequence, pattern.responseBytes);
    }
  }

  /** Takes all rows since the last call. */
  take(): { readonly sent: Float64Array; readonly arrived: Float64Array } {
    return { sent: this.#sent.take(), arrived: this.#arrived.take() };
  }
}

/** Replaces the meter of a flow in the agent of its source, and records rows instead. */
export class ReportingMeter extends FlowMeter {
  readonly #flows: readonly Flow[];
  readonly #index: number;
  readonly #rows: MeasuredRows;

  /** @param warmupNs Refusals before this instant do not count, as in a run in one process. */
  constructor(flows: readonly Flow[], index: number, rows: MeasuredRows, warmupNs: number) {
    // This meter has no bins, because the coordinator makes the series over time.
    super({ warmupNs, endNs: Number.MAX_SAFE_INTEGER }, 0);
    this.#flows = flows;
    this.#index = index;
    this.#rows = rows;
  }

  override sent(now: number): void {
    // The flow has already incremented `nextSequence` for this packet, so the packet has the number
    // before it.
    this.#rows.sent(this.#index, (this.#flows[this.#index]?.nextSequence ?? 1) - 1, now);
  }
}
