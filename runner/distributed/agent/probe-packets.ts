/**
 * One packet through the network and back, at an operator's request (docs/how-to/operate.md): from
 * the application of a node to that of a peer, which answers immediately. It does not count in any
 * flow of the scenario.
 *
 * @module
 */
import { openRandomStream } from '../../../engine/core/stream.ts';
import type { RequestWithReceiver } from '../../../engine/net/inquiry.ts';
import { greatestOf } from '../../../engine/pure/extremes.ts';
import {
  type GroundTruth,
  readTruth,
  TRUTH_BYTES,
  TruthWriter,
} from '../../traffic/ground-truth.ts';

/** The flow number of probe packets; no scenario has this many flows. */
const PROBE_FLOW = 0xffff_ffff;
const WAIT_MS = 2_000;
/** Nobody waits longer, so a protocol that keeps packets for an absent peer need not keep these. */
const WISHES = { lifetime: WAIT_MS * 1_000_000 };
/** Largest number of probe packets under way. */
const OPEN_MAX = 64;

/** Whether a probe packet arrived, and after how long. */
export interface PacketProbeResult {
  readonly ok: boolean;
  /** Round-trip time, ms. */
  readonly ms?: number;
  readonly reason?: string;
}

/** Whose application sends to whose. */
interface ProbedPair {
  readonly from: string;
  readonly to: string;
  /** Protocol that takes the packet; by default the lowest one. */
  readonly by: string | undefined;
}

/** The pairs of flows, from the end that is here. */
export function listProbedPairs(
  flows: readonly { readonly from: string; readonly to: string; readonly by?: string }[],
  isHere: (node: string) => boolean,
): readonly ProbedPair[] {
  return flows.flatMap(({ from, to, by }) => [
    ...(isHere(from) ? [{ from, to, by }] : []),
    ...(isHere(to) ? [{ from: to, to: from, by }] : []),
  ]);
}

/**
 * Passes a request to a node of this process.
 * @param by Protocol that is asked; by default the lowest one.
 */
export type InquireNode = (node: string, inquiry: RequestWithReceiver, by?: string) => void;

/** The node that is asked to deliver a probe, and by which of its protocols. */
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

  /** Probes the first pair; undefined if there is none. */
  toFirst([first]: readonly ProbedPair[]): Promise<PacketProbeResult> | undefined {
    return first === undefined ? undefined : this.send(first.from, first.to, first.by);
  }

  /**
   * Probes each pair once; undefined if there is none.
   * @returns well if all answer, with the longest time; otherwise all reasons.
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

  /** Takes a delivered packet if it is a probe or its answer; false if it belongs to a flow. */
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
    this.#ask(node, { kind: 'send', target, body, respond, wishes: WISHES }, by);
  }
}
