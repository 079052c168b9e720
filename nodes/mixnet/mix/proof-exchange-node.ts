/**
 * Proofs of delays, exchanged between mixes and providers (docs/spec/mixnet.md, "Audits"): answers
 * requests for proofs of this node's delays, and sends the requests of this node's auditor to other
 * nodes.
 *
 * A node audits a loop only if it has a link to each hop of the loop, since it asks each hop
 * directly. Requests and answers are frames of the common length.
 *
 * @module
 */
import type { Host } from '../../../engine/host/host.ts';
import type { Endpoint } from '../../../engine/host/socket.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { StateMachineRunner } from '../../_kit/shell.ts';
import type { PacketWithReplayTags } from '../../sphinx/index.ts';
import type { VrfDelayLaw } from '../../vrf/index.ts';
import type { ChosenPath } from '../client/index.ts';
import type { MixnetOptions } from '../config.ts';
import { type DirectoryDocument, isVrfKeyOldEnough } from '../directory/index.ts';
import type { FrameCodec, ProofAnswer } from '../wire.ts';
import { type AuditedHop, Auditor, type AuditorEffect, type AuditorInput } from './auditor.ts';
import type { VrfDelayPolicy } from './delay-law.ts';
import type { LatenessGauge } from './lateness-gauge.ts';

const NS_PER_US = 1_000;
const UINT32_MAX = 0xffff_ffff;

/** The collaborators and settings of a {@link ProofExchange}. */
export interface ProofExchangeParts {
  readonly host: Host;
  readonly options: MixnetOptions;
  /** Whether this node answers requests for proofs; false only in a defective double. */
  readonly answers: boolean;
  readonly law: VrfDelayLaw;
  readonly codec: FrameCodec;
  readonly delays: VrfDelayPolicy;
  readonly lateness: LatenessGauge;
  /** Names of the nodes to which this node has a link. */
  readonly neighbours: ReadonlySet<string>;
  endpointOf(name: string): Endpoint | undefined;
  /** Sends a frame and takes ownership of it; false when the socket is full. */
  send(frame: Uint8Array, to: Endpoint): boolean;
}

/** Sends and answers requests for proofs. */
export class ProofExchange {
  readonly #parts: ProofExchangeParts;
  readonly #auditor: Auditor;
  readonly #shell: StateMachineRunner<AuditorInput, AuditorEffect>;
  #document: DirectoryDocument | undefined;
  #meanNs = 0;

  constructor(parts: ProofExchangeParts) {
    this.#parts = parts;
    const { host, options } = parts;
    this.#auditor = new Auditor({
      crypto: host.crypto,
      transitNs: options.vrfAudit.transit,
      toleranceNs: options.vrfAudit.tolerance,
      latenessNs: options.vrfAudit.lateness,
      lateMaxNs: (): number => parts.lateness.maxNs,
    });
    this.#shell = new StateMachineRunner(host, this.#auditor, (effect) => this.#perform(effect));
  }

  /** Sorted names of the nodes that seem to use wrong delays or do not prove their delays. */
  get suspects(): readonly string[] {
    return this.#auditor.suspects;
  }

  start(): void {
    if (this.#parts.options.vrfAudit.enabled !== false) this.#parts.lateness.start();
  }

  stop(): void {
    this.#shell.stop();
    this.#parts.lateness.stop();
  }

  useDocument(document: DirectoryDocument, meanNs: number): void {
    this.#document = document;
    this.#meanNs = meanNs;
  }

  /**
   * Records that a loop of this node was sent, so that it is audited after its return, if all its
   * hops can be asked.
   * @param loop The name of the loop.
   * @param packet The loop's packet, with its replay tag at each hop.
   */
  sent(loop: string, path: ChosenPath, packet: PacketWithReplayTags): void {
    const document = this.#document;
    const delaying = path.hops.slice(0, -1);
    const { neighbours, options, law } = this.#parts;
    if (document === undefined || options.vrfAudit.enabled === false) return;
    // A node that chose its key after it had seen packets could have chosen the delays.
    const isAuditable = delaying.every(
      ({ node }) => neighbours.has(node.name) && isVrfKeyOldEnough(node, document),
    );
    if (!isAuditable) return;
    const tags = packet.replayTags();
    const hops = delaying.map(
      ({ node, epoch }, index): AuditedHop => ({
        mix: node.name,
        suite: options.vrfSuite,
        publicKey: node.vrfKey,
        epoch,
        tag: tags[index] as Uint8Array,
        meanNs: this.#meanNs,
        law,
      }),
    );
    this.#shell.take({ kind: 'sent', loop, hops });
  }

  /** Records that a loop returned at the time `age` after it was sent. */
  returned(loop: string, age: Nanoseconds): void {
    this.#shell.take({ kind: 'returned', loop, age });
  }

  /**
   * Handles a request for a proof, or the answer to one.
   * @param sender Name of a listed node.
   * @returns false, having done nothing, if the frame is neither.
   */
  takes(frame: ReturnType<FrameCodec['decode']>, sender: string): boolean {
    if (typeof frame === 'string') return false;
    if (frame.kind === 'proof') this.#answered(sender, frame);
    else if (frame.kind === 'ask') this.#answer(sender, frame.tag);
    else return false;
    return true;
  }

  #answered(from: string, { tag, proof, lateUs }: ProofAnswer): void {
    const owned = typeof proof === 'string' ? proof : proof.slice();
    const answer = { tag: tag.slice(), proof: owned, lateUs };
    this.#shell.take({ kind: 'answered', from, answer });
  }

  #perform(effect: AuditorEffect): void {
    const { codec, host } = this.#parts;
    switch (effect.kind) {
      case 'ask':
        this.#send(effect.mix, (frame) => codec.encodeAsk(frame, effect.tag));
        return;
      case 'audited':
        host.meter.counter('mix.audits').add(1);
        if (!effect.isObeyed) host.meter.counter('mix.audit_failures').add(1);
        return;
      case 'suspect':
        host.meter.counter('mix.audit_suspects').add(1);
        host.trace.mark(`suspect ${effect.mix}`);
        return;
      case 'drop':
        host.drop(effect.reason);
    }
  }

  #answer(sender: string, tag: Uint8Array): void {
    const { host, delays, lateness, codec, answers } = this.#parts;
    if (!answers) return;
    const proof = delays.prove(host.now(), tag);
    if (typeof proof === 'string') host.drop(proof);
    const lateUs = Math.min(UINT32_MAX, Math.ceil(lateness.maxNs / NS_PER_US));
    this.#send(sender, (frame) => codec.encodeProof(frame, { tag, proof, lateUs }));
  }

  #send(name: string, encode: (frame: Uint8Array) => void): void {
    const { host, codec, endpointOf, send } = this.#parts;
    const to = endpointOf(name);
    if (to === undefined) return;
    const frame = host.alloc(codec.length);
    encode(frame);
    if (!send(frame, to)) host.drop('outgoing-queue-full');
  }
}
