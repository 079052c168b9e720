/**
 * Probe packets: at an operator's request (docs/how-to/operate.md), one packet goes through the network
 * from the application of a node to that of a peer, which answers it immediately. Probe packets count
 * in no flow of the scenario.
 *
 * @module
 */
import { openRandomStream } from '../../../engine/core/stream.ts';
import type { RequestWithReceiver } from '../../../engine/net/inquiry.ts';
import { greatestOf } from '../../../engine/pure/extremes.ts';
import type { TrafficSpec } from '../../../scenarios/model.ts';
import {
  type GroundTruth,
  readTruth,
  TRUTH_BYTES,
  TruthWriter,
} from '../../traffic/ground-truth.ts';

/** The flow number of probe packets, higher than that of any flow. */
const PROBE_FLOW = 0xffff_ffff;
const WAIT_MS = 2_000;
/**
 * Delivery options of a probe packet. Nobody waits for its answer after this lifetime, ns, so a
 * protocol that stores packets for an absent peer may then drop it.
 */
const DELIVERY_OPTIONS = { lifetime: WAIT_MS * 1_000_000 };
/** Largest number of probe packets under way. */
const OPEN_MAX = 64;

/** Whether a probe packet arrived, and after how long. */
export interface PacketProbeResult {
  readonly ok: boolean;
  /** Round-trip time, ms. */
  readonly ms?: number;
  readonly reason?: string;
}

/** The two nodes between whose applications a probe packet goes. */
interface ProbedPair {
  readonly from: string;
  readonly to: string;
  /** Protocol that takes the packet; by default the lowest one. */
  readonly by: string | undefined;
}

/**
 * The distinct pairs of nodes that flows connect, each beginning with the node of this process. Pairs of private flows
 * are not probed: a probe packet would tell who writes to whom.
 */
export function listProbedPairs(
  flows: readonly Pick<TrafficSpec, 'from' | 'to' | 'by' | 'wishes'>[],
  isHere: (node: string) => boolean,
): readonly ProbedPair[] {
  const open = flows.filter(({ wishes }) => wishes?.private !== true);
  return open.flatMap(({ from, to, by }) => [
    ...(isHere(from) ? [{ from, to, by }] : []),
    ...(isHere(to) ? [{ from: to, to: from, by }] : []),
  ]);
}

/**
 * Passes a request to a node of this process.
 * @param by Protocol that gets the request; by default the lowest one of the node.
 */
export type InquireNode = (node: string, inquiry: RequestWithReceiver, by?: string) => void;

/** A node and the protocol that carries its probe packets. */
interface Asked {
  readonly node: string;
  readonly by: string | undefined;
}

/** Sends probe packets from the nodes of one process, and measures when their answers come. */
export class PacketProber {
  readonly #ask: InquireNode;
  readonly #writer = new TruthWriter(openRandomStream(0, 'operator', 'probe'));
  readonly #open = new Map<number, (probe: PacketProbeResult) => void>();
  readonly #truth: GroundTruth = { flow: 0, kind: 'data', sequence: 0, sentNs: 0 };
  #sequence = 0;

  constructor(ask: InquireNode) {
    this.#ask = ask;
  }

  /** Sends one packet from `node` to `peer` by a protocol, and waits for the answer. */
  send(node: string, peer: string, by?: string): Promise<PacketProbeResult> {
    if (this.#open.size >= OPEN_MAX) {
      return Promise.resolve({ ok: false, reason: 'too many probes are under way' });
    }
    const sequence = this.#sequence;
    this.#sequence += 1;
    const began = process.hrtime.bigint();
    return new Promise((resolve) => {
      const end = (probe: PacketProbeResult): void => {
        clearTimeout(timer);
        this.#open.delete(sequence);
        resolve(probe);
      };
      const late = { ok: false, reason: `no answer of ${peer} within ${WAIT_MS / 1000} s` };
      const timer = setTimeout(() => end(late), WAIT_MS);
      this.#open.set(sequence, (probe) =>
        end(probe.ok ? { ok: true, ms: Number(process.hrtime.bigint() - began) / 1e6 } : probe),
      );
      this.#hand({ node, by }, peer, { kind: 'request', sequence });
    });
  }

  /** Sends a probe packet between the first pair of nodes; undefined if there is no pair. */
  toFirst([first]: readonly ProbedPair[]): Promise<PacketProbeResult> | undefined {
    return first === undefined ? undefined : this.send(first.from, first.to, first.by);
  }

  /**
   * Sends a probe packet between each pair of nodes; undefined if there is no pair.
   * @returns success with the longest time if all answer, else all reasons for failure.
   */
  toEach(pairs: readonly ProbedPair[]): Promise<PacketProbeResult> | undefined {
    const once = new Map(pairs.map((pair) => [`${pair.from} ${pair.to} ${pair.by}`, pair]));
    if (once.size === 0) return undefined;
    const all = [...once.values()].map(({ from, to, by }) => this.send(from, to, by));
    return Promise.all(all).then((results) => {
      const reasons = results.flatMap(({ ok, reason = '' }) => (ok ? [] : [reason]));
      return reasons.length > 0
        ? { ok: false, reason: reasons.join('; ') }
        : { ok: true, ms: greatestOf(results.map(({ ms = 0 }) => ms)) };
    });
  }

  /**
   * Handles a delivered packet that is a probe packet or its answer; returns false for a packet of a
   * flow.
   */
  take({ node, by }: Asked, from: string, bytes: Uint8Array): boolean {
    const truth = this.#truth;
    if (!readTruth(bytes, truth) || truth.flow !== PROBE_FLOW) return false;
    const { kind, sequence } = truth;
    if (kind === 'request') this.#hand({ node, by }, from, { kind: 'response', sequence });
    else this.#open.get(sequence)?.({ ok: true });
    return true;
  }

  #hand({ node, by }: Asked, target: string, about: Pick<GroundTruth, 'kind' | 'sequence'>): void {
    const body = new Uint8Array(TRUTH_BYTES);
    this.#writer.write(body, { ...about, flow: PROBE_FLOW, sentNs: 0 });
    const respond = (outcome: string): void => {
      if (outcome === 'ok' || about.kind === 'response') return;
      this.#open.get(about.sequence)?.({ ok: false, reason: `${node} refused it: ${outcome}` });
    };
    this.#ask(node, { kind: 'send', target, body, respond, wishes: DELIVERY_OPTIONS }, by);
  }
}
