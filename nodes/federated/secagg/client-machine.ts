/**
 * A client of one session of secure aggregation (Bonawitz et al., CCS 2017, figure 4; on a sparse graph, Bell et
 * al., CCS 2020): advertises keys, shares its secrets, masks its input, and for each other client gives the server
 * its share of one of that client's two secrets, never of both.
 *
 * Secrets are only in memory, and are wiped when they are no longer needed, at the end, and at the time-out; so a
 * client that restarts cannot continue its session.
 *
 * @module
 */
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes } from '../../_kit/bytes.ts';
import type { StateMachine, TimerDue } from '../../_kit/machine.ts';
import { assert } from './assert.ts';
import { checkRoster, checkSurvivorLists, type RosterExpectations } from './client-checks.ts';
import type { ClientMachineParts } from './client-parts.ts';
import { ClientSecrets } from './client-secrets.ts';
import type { SecaggDropReason } from './drops.ts';
import type { ClientEffect, ClientInput, ClientPhase } from './effects.ts';
import { pairMaskSign } from './graph.ts';
import { JobStages, splitIntoBatches } from './job-stage.ts';
import {
  type NeighbourSecrets,
  type OpenedBox,
  shareWithHolderCostNs,
  type VerifySignaturesInput,
} from './jobs.ts';
import { addMaskSums, sumMasksJobInputs } from './mask-sum.ts';
import {
  type ClientPublicKeys,
  copyClientPublicKeys,
  type IndexedSignature,
  SECAGG_MESSAGE_TYPES,
  type SecaggMessageBody,
  type SecaggOutcome,
  type ShareBox,
  type SurvivorLists,
  type UnmaskShare,
} from './messages.ts';
import { largestRingElement, packRingVector } from './ring.ts';
import { deriveSessionId } from './session-config.ts';
import { advertisedKeysToSign, survivorsToSign } from './signed-text.ts';
import { decodeSecaggMessage, encodeSecaggMessage } from './wire.ts';

/** Work is divided into jobs of about this time, ns. */
const BATCH_NS = 20_000_000;
/** Number of boxes or signatures per job: about 20 ms. */
const BATCH_ITEMS = 150;

/** For each type of message, the phase in which it is expected. */
const EXPECTED_IN: ReadonlyMap<number, ClientPhase> = new Map([
  [SECAGG_MESSAGE_TYPES.roster, 'advertised'],
  [SECAGG_MESSAGE_TYPES.forward, 'shared'],
  [SECAGG_MESSAGE_TYPES.survivors, 'masked'],
  [SECAGG_MESSAGE_TYPES.signatures, 'signed'],
]);

/** The machine of one client in one session of secure aggregation. */
export class ClientMachine implements StateMachine<Exclude<ClientInput, TimerDue>, ClientEffect> {
  readonly #parts: ClientMachineParts;
  readonly #session: Uint8Array;
  readonly #secrets: ClientSecrets;
  readonly #jobs: JobStages;
  #effects: ClientEffect[] = [];
  #phase: ClientPhase = 'idle';
  #deadline: Nanoseconds = Number.POSITIVE_INFINITY;
  /** Types of the messages accepted so far. */
  readonly #taken = new Set<number>();
  /** Secrets shared with each neighbour, of the channel and of the mask, by the neighbour's index. */
  #shared = new Map<number, NeighbourSecrets>();
  /** The sealed shares from each neighbour that sent them, by the neighbour's index. */
  #boxes = new Map<number, Uint8Array>();
  #update: Uint32Array | undefined;
  #lists: SurvivorLists = { survivors: [], lost: [] };

  constructor(parts: ClientMachineParts) {
    const { config, index, crypto, identity } = parts;
    assert(index >= 0 && index < config.n, `client ${index} of ${config.n}`);
    assert(config.mode !== 'signed' || identity !== undefined, 'signed mode without an identity');
    this.#parts = parts;
    this.#session = deriveSessionId(config, crypto);
    this.#secrets = new ClientSecrets(parts);
    this.#jobs = new JobStages((effect) => this.#effects.push(effect));
  }

  /** Name of the session, 32 bytes. */
  get session(): Uint8Array {
    return this.#session;
  }

  /** The present phase. */
  get phase(): ClientPhase {
    return this.#phase;
  }

  /** Number of clients in the sum, by the list of survivors that this client got. */
  get survivors(): number {
    return this.#lists.survivors.length;
  }

  step(now: Nanoseconds, input: ClientInput): readonly ClientEffect[] {
    switch (input.kind) {
      case 'begin':
        this.#begin(now);
        break;
      case 'message':
        this.#take(input.bytes);
        break;
      case 'update':
        this.#takeUpdate(input.ring);
        break;
      case 'computed':
        if (!this.#jobs.accept(input)) this.#finish('refused');
        break;
      case 'timer':
        if (now >= this.#deadline) this.#finish('timeout');
        break;
    }
    // The machine does not keep its effects: a message in one may have megabytes.
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  nextAt(): Nanoseconds {
    return this.#deadline;
  }

  #begin(now: Nanoseconds): void {
    assert(this.#phase === 'idle', 'a session begins once: its keys serve one session');
    this.#deadline = now + this.#parts.sessionTimeoutNs;
    const { channelKey, maskKey } = this.#secrets.drawKeys();
    const { index, identity, crypto } = this.#parts;
    const keys = { index, channelKey, maskKey };
    this.#send({
      type: SECAGG_MESSAGE_TYPES.advertise,
      ...keys,
      ...(this.#isSigned &&
        identity !== undefined && {
          signature: crypto.ed25519Sign(identity.secret, advertisedKeysToSign(this.#session, keys)),
        }),
    });
    this.#enter('advertised');
  }

  get #isSigned(): boolean {
    return this.#parts.config.mode === 'signed';
  }

  #take(bytes: Uint8Array): void {
    const decoded = decodeSecaggMessage(bytes);
    const drop = typeof decoded === 'string' ? decoded : this.#accept(decoded);
    if (drop !== undefined) this.#drop(drop);
  }

  #accept({
    session,
    body,
  }: Exclude<ReturnType<typeof decodeSecaggMessage>, string>): SecaggDropReason | undefined {
    if (session === undefined) return 'wrong-round';
    if (!equalBytes(session, this.#session)) return 'wrong-session';
    if (this.#phase === 'idle' || this.#phase === 'finished') return 'wrong-round';
    if (body.type === SECAGG_MESSAGE_TYPES.done) {
      this.#finish(body.outcome);
      return undefined;
    }
    if (this.#taken.has(body.type)) {
      return body.type === SECAGG_MESSAGE_TYPES.survivors ? 'asked-twice' : 'duplicate';
    }
    if (EXPECTED_IN.get(body.type) !== this.#phase || this.#jobs.isBusy) return 'wrong-round';
    const drop = this.#perform(body);
    if (drop === undefined) this.#taken.add(body.type);
    return drop;
  }

  #perform(body: SecaggMessageBody): SecaggDropReason | undefined {
    if (body.type === SECAGG_MESSAGE_TYPES.roster) return this.#takeRoster(body.entries);
    if (body.type === SECAGG_MESSAGE_TYPES.forward) return this.#takeBoxes(body.boxes);
    if (body.type === SECAGG_MESSAGE_TYPES.survivors) return this.#takeLists(body);
    if (body.type === SECAGG_MESSAGE_TYPES.signatures) return this.#takeSignatures(body.signatures);
    return 'wrong-round';
  }

  // Round 1: shares.

  #takeRoster(entries: readonly ClientPublicKeys[]): SecaggDropReason | undefined {
    const view: RosterExpectations = {
      config: this.#parts.config,
      own: { index: this.#parts.index, ...this.#secrets.publicKeys },
    };
    const drop = checkRoster(entries, view);
    if (drop !== undefined) return drop;
    const copies = entries.map(copyClientPublicKeys);
    if (!this.#isSigned) {
      this.#share(copies);
      return undefined;
    }
    const items = this.#advertisements(copies);
    if (items === undefined) return 'bad-signature';
    const inputs = splitIntoBatches(items, BATCH_ITEMS).map((batch) => ({ items: batch }));
    this.#jobs.start('verifySignatures', inputs, (outputs) => {
      if (outputs.flat().every(Boolean)) this.#share(copies);
      else this.#takeBack(SECAGG_MESSAGE_TYPES.roster, 'bad-signature');
    });
    return undefined;
  }

  /**
   * The signatures of a roster with the texts that they must cover; undefined if a signature or its signer's key is
   * missing.
   */
  #advertisements(
    entries: readonly ClientPublicKeys[],
  ): VerifySignaturesInput['items'] | undefined {
    const items: VerifySignaturesInput['items'][number][] = [];
    for (const entry of entries) {
      const publicKey = this.#parts.identity?.publicKeyOf(entry.index);
      const { signature } = entry;
      if (publicKey === undefined || signature === undefined) return undefined;
      items.push({ publicKey, signature, message: advertisedKeysToSign(this.#session, entry) });
    }
    return items;
  }

  #share(entries: readonly ClientPublicKeys[]): void {
    const { index, config } = this.#parts;
    const others = entries.filter((entry) => entry.index !== index);
    this.#shared = new Map();
    this.#secrets.drawShares();
    const size = Math.max(1, Math.floor(BATCH_NS / shareWithHolderCostNs(config.t)));
    const inputs = splitIntoBatches(others, size).map((holders) => ({
      ...{ session: this.#session, index, holders },
      ...this.#secrets.toShare,
    }));
    this.#jobs.start('shareKeys', inputs, (outputs) => this.#sendShares(outputs.flat()));
  }

  #sendShares(found: readonly (NeighbourSecrets | undefined)[]): void {
    for (const shared of found) {
      if (shared === undefined) {
        this.#takeBack(SECAGG_MESSAGE_TYPES.roster, 'low-order-key');
        return;
      }
      this.#shared.set(shared.index, shared);
    }
    const boxes = [...this.#shared.values()].map(({ index, box }) => ({ index, box }));
    this.#secrets.keepOwnShares();
    this.#send({ type: SECAGG_MESSAGE_TYPES.shareKeys, boxes });
    this.#enter('shared');
  }

  /** Undoes the acceptance of a message that a job found bad, since a genuine one may still come. */
  #takeBack(type: number, reason: SecaggDropReason): void {
    this.#taken.delete(type);
    this.#drop(reason);
  }

  // Round 2: the masked input.

  #takeBoxes(boxes: readonly ShareBox[]): SecaggDropReason | undefined {
    if (boxes.some(({ index }) => !this.#shared.has(index))) return 'unknown-client';
    if (boxes.length + 1 < this.#parts.config.t) return 'too-few';
    this.#boxes = new Map(boxes.map(({ index, box }) => [index, box.slice()]));
    this.#taken.add(SECAGG_MESSAGE_TYPES.forward);
    this.#mask();
    return undefined;
  }

  #takeUpdate(ring: Uint32Array): void {
    const { m, bits } = this.#parts.config;
    assert(ring.length === m, `an update of ${ring.length} elements in a session of ${m}`);
    assert(this.#update === undefined, 'one update per session');
    const largest = largestRingElement(bits);
    assert(
      ring.every((value) => value <= largest),
      `an update with an element above 2^${bits} - 1`,
    );
    if (this.#phase === 'finished') return;
    this.#update = ring;
    this.#mask();
  }

  /** Masks the update once it and the boxes are there. The client shares a mask with each client that sent a box. */
  #mask(): void {
    const vector = this.#update;
    if (vector === undefined || this.#phase !== 'shared') return;
    if (!this.#taken.has(SECAGG_MESSAGE_TYPES.forward)) return;
    const { index, config } = this.#parts;
    const streams = [...this.#boxes.keys()].map((other) => {
      const { seed } = this.#shared.get(other) as NeighbourSecrets;
      return { seed, sign: pairMaskSign(index, other) };
    });
    streams.push({ seed: this.#secrets.ownSeed(this.#session), sign: 1 });
    this.#jobs.start('sumMasks', sumMasksJobInputs(streams, config.m), (sums) => {
      addMaskSums(vector, sums, config.bits);
      this.#update = undefined;
      this.#send({
        type: SECAGG_MESSAGE_TYPES.maskedInput,
        packed: packRingVector(vector, config.bits),
      });
      this.#enter('masked');
    });
  }

  // Rounds 3 and 4: consistency and shares.

  #takeLists(lists: SurvivorLists): SecaggDropReason | undefined {
    const { config, index, identity, crypto, least = 0 } = this.#parts;
    const { checkLists: check = checkSurvivorLists } = this.#parts;
    const isComplete = config.k === config.n - 1;
    const t = isComplete ? Math.max(config.t, least) : config.t;
    const sharers = new Set([...this.#boxes.keys(), index]);
    const drop = check(lists, { sharers, own: index, t });
    if (drop !== undefined) return drop;
    this.#lists = { survivors: lists.survivors, lost: lists.lost };
    if (!this.#isSigned || identity === undefined) {
      this.#open();
      return undefined;
    }
    const text = survivorsToSign(this.#session, lists.survivors);
    const signature = crypto.ed25519Sign(identity.secret, text);
    this.#send({ type: SECAGG_MESSAGE_TYPES.consistency, signature });
    this.#enter('signed');
    return undefined;
  }

  /** At least t survivors must have signed the list that this client saw. */
  #takeSignatures(signatures: readonly IndexedSignature[]): SecaggDropReason | undefined {
    const survivors = new Set(this.#lists.survivors);
    if (signatures.some(({ index }) => !survivors.has(index))) return 'bad-signature';
    const message = survivorsToSign(this.#session, this.#lists.survivors);
    const items = signatures.flatMap(({ index, signature }) => {
      const publicKey = this.#parts.identity?.publicKeyOf(index);
      return publicKey === undefined ? [] : [{ publicKey, message, signature: signature.slice() }];
    });
    const inputs = splitIntoBatches(items, BATCH_ITEMS).map((batch) => ({ items: batch }));
    const { t } = this.#parts.config;
    if (items.length < t) return 'bad-signature';
    this.#jobs.start('verifySignatures', inputs, (outputs) => {
      if (outputs.flat().filter(Boolean).length >= t) this.#open();
      else this.#takeBack(SECAGG_MESSAGE_TYPES.signatures, 'bad-signature');
    });
    return undefined;
  }

  #open(): void {
    const { index } = this.#parts;
    const { survivors, lost } = this.#lists;
    const needed = [...new Set([...survivors, ...lost])].filter((other) => this.#boxes.has(other));
    const boxes = needed.map((other) => ({
      index: other,
      channel: (this.#shared.get(other) as NeighbourSecrets).channel,
      box: this.#boxes.get(other) as Uint8Array,
    }));
    const inputs = splitIntoBatches(boxes, BATCH_ITEMS).map((batch) => ({
      ...{ session: this.#session, index, boxes: batch },
    }));
    this.#jobs.start('openBoxes', inputs, (outputs) => this.#sendUnmask(outputs.flat()));
  }

  /** Shares in a neighbour's bad box are left out; those of others may reach the threshold. */
  #sendUnmask(opened: readonly OpenedBox[]): void {
    const { index: own } = this.#parts;
    const shares = new Map<number, { readonly own: Uint8Array; readonly pair: Uint8Array }>();
    shares.set(own, this.#secrets.ownShares);
    for (const box of opened) {
      if ('drop' in box) this.#drop(box.drop);
      else shares.set(box.index, box);
    }
    const give = (indices: readonly number[], kind: 'own' | 'pair'): readonly UnmaskShare[] =>
      indices.flatMap((index) => {
        const found = shares.get(index);
        return found === undefined ? [] : [{ index, kind, share: found[kind] }];
      });
    const { survivors, lost } = this.#lists;
    const given = [...give(survivors, 'own'), ...give(lost, 'pair')];
    this.#send({ type: SECAGG_MESSAGE_TYPES.unmask, shares: given });
    this.#wipe();
    this.#enter('unmasked');
  }

  #finish(outcome: SecaggOutcome): void {
    this.#jobs.cancel();
    this.#wipe();
    this.#deadline = Number.POSITIVE_INFINITY;
    this.#enter('finished');
    this.#effects.push({ kind: 'finished', outcome });
  }

  #wipe(): void {
    this.#secrets.wipe(this.#shared.values());
    this.#shared = new Map();
    this.#boxes = new Map();
    this.#update = undefined;
  }

  #send(body: SecaggMessageBody): void {
    const bytes = encodeSecaggMessage(this.#session, body);
    this.#effects.push({ kind: 'send', bytes, type: body.type });
  }

  #enter(phase: ClientPhase): void {
    this.#phase = phase;
    this.#effects.push({ kind: 'phase', phase });
  }

  #drop(reason: SecaggDropReason): void {
    this.#effects.push({ kind: 'drop', reason });
  }
}
