/**
 * Vault: the exchange of a replica with the others. Each sends clocks, which name the last operation of each actor on
 * its disk, and the operations that the other one lacks (anti-entropy; Demers et al. 1987, section 1.3).
 *
 * @module
 */
import type { Random } from '../../../engine/host/random.ts';
import type { Nanoseconds } from '../../../engine/host/time.ts';
import { equalBytes, toHex } from '../../_kit/bytes.ts';
import type { Item } from '../changes.ts';
import type { VaultOptions } from '../config.ts';
import { LOG_BYTES_MAX } from '../geometry.ts';
import type { ReceiptLog } from '../receipt-log.ts';
import type { Replica } from '../replica.ts';
import type { ReplicaTrace } from '../replica-trace.ts';
import { decodeSnapshot, encodeSnapshot } from '../snapshot.ts';
import {
  type ClockMessage,
  decodeVaultMessage,
  encodeVaultMessage,
  type ReceiptsHead,
  type VaultMessage,
} from '../wire.ts';
import { Confirmations, type OwnOperation } from './confirmations.ts';
import { Consent } from './consent.ts';
import type { SentKind } from './effects.ts';
import {
  ASK_AGAIN_NS,
  DIGEST_BYTES,
  ROUND_JITTER,
  SHORT_DIGEST_BYTES,
  WHOLE_STATE_AGAIN_NS,
} from './geometry.ts';
import type { Outputs } from './outputs.ts';
import { advance, type Clock, commonClock, isAhead, PeerView } from './peers.ts';
import { encodeStoredSnapshot, type RestoredOperation } from './records.ts';
import type { ReplicaTime } from './replica-time.ts';
import type { WatchedChange } from './watchers.ts';

const NS_PER_MS = 1_000_000;
const NO_HASH = new Uint8Array(DIGEST_BYTES);
const NO_DIGEST = new Uint8Array(SHORT_DIGEST_BYTES);

/** What an {@link Exchange} is made from. */
export interface ExchangeParts {
  /** The actor of this replica. */
  readonly own: string;
  /** All actors of the vault. */
  readonly actors: ReadonlyMap<string, unknown>;
  readonly options: VaultOptions;
  /** Names of the other replicas with which this one exchanges clocks. */
  readonly peers: readonly string[];
  readonly replica: Replica;
  readonly receipts: ReceiptLog;
  readonly time: ReplicaTime;
  readonly random: Random;
  /** The operations of this replica that were on disk. */
  readonly restored: readonly RestoredOperation[];
  /** The owner's decisions about peers that were on disk. */
  readonly decided: ReadonlyMap<string, boolean>;
  /** True if the replica adopts the time of the others; false for a double. */
  readonly adoptsOthersTime: boolean;
  /** Returns the items to pass on: the same, except for an attacker. */
  readonly passOn: (items: readonly Item[]) => readonly Item[];
  /** Largest total length of the operations in a message, bytes; a longer one is sent alone. */
  readonly itemsBytesMax: number;
  /** Absent while no trace is recorded. */
  readonly trace?: ReplicaTrace;
}

/** The exchange of one replica with the others; `Asker` identifies the sender of a request. */
export class Exchange<Asker> {
  readonly #parts: ExchangeParts;
  readonly #outputs: Outputs<Asker>;
  readonly #noted: (change: WatchedChange) => void;
  /** All other replicas: those with which this one exchanges nothing have to confirm erasures, too. */
  readonly #others: readonly PeerView[];
  /** The replicas with which this one exchanges clocks, if they may take part. */
  readonly #peers: ReadonlyMap<string, PeerView>;
  readonly #consent: Consent;
  readonly #confirmations: Confirmations<Asker>;
  /** Infinity until the first write has ended: only then are the deletions of the start durable. */
  #nextRoundNs: Nanoseconds = Number.POSITIVE_INFINITY;
  #shortDigest: Uint8Array = NO_DIGEST;
  /** Number of changes for which the digest was computed, and when. */
  #digested = -1;
  #digestedNs: Nanoseconds = Number.NEGATIVE_INFINITY;
  /** Number of erasures that some replica has not confirmed, as last reported. */
  #unconfirmed = 0;
  /** The clock of the disk, which is the one that this replica sends. */
  #durable: Clock;
  /** The head of the receipts on disk. */
  #receipts: ReceiptsHead = { count: 0, hash: NO_HASH };
  /** False during a write: operations of this replica that may not be on disk are not sent. */
  #isTelling = true;
  #isFailing = false;
  /** Peers whose operations the current write makes durable; each gets a clock after it. */
  readonly #toConfirm = new Set<PeerView>();
  /** Peers whose clocks came during the write. */
  readonly #toAnswer = new Set<PeerView>();
  /** Least time between two snapshots of a peer that are read, and between two digests. */
  readonly #wholeStateAgainNs: Nanoseconds;
  /** Length of the log, in operations, at which those that all replicas have are dropped from it. */
  #cutAt: number;

  /** @param noted Called with each change by another replica. */
  constructor(
    parts: ExchangeParts,
    outputs: Outputs<Asker>,
    noted: (change: WatchedChange) => void,
  ) {
    this.#parts = parts;
    this.#outputs = outputs;
    this.#noted = noted;
    this.#others = [...parts.actors.keys()]
      .filter((name) => name !== parts.own)
      .map((name) => new PeerView(name));
    this.#peers = new Map(
      this.#others.filter(({ name }) => parts.peers.includes(name)).map((one) => [one.name, one]),
    );
    const known = [...parts.decided].filter(([name]) => this.#peers.has(name));
    this.#consent = new Consent(parts.options.consent, new Map(known));
    this.#confirmations = new Confirmations(parts.own);
    // Their askers are gone; the operations are confirmed all the same.
    for (const operation of parts.restored) this.#confirmations.add(operation);
    this.#durable = new Map(parts.replica.clock());
    this.#cutAt = Math.ceil(parts.options.log / 2);
    this.#wholeStateAgainNs = Math.min(WHOLE_STATE_AGAIN_NS, parts.options.every / 2);
  }

  /** When the next round of clocks begins. */
  get nextAt(): Nanoseconds {
    return this.#nextRoundNs;
  }

  /** What a status page shows of the exchange. */
  status(): Readonly<Record<string, unknown>> {
    return {
      clock: Object.fromEntries(this.#durable),
      peers: [...this.#peers.values()].map((peer) => ({
        isAllowed: this.#consent.isAllowed(peer.name),
        isHeard: peer.isHeard,
        lacks: countMissing(this.#durable, peer.clock),
        name: peer.name,
      })),
      unconfirmed: this.#confirmations.unconfirmed(this.#others),
    };
  }

  /** Questions to the owner that are open at `now`. */
  consents(now: Nanoseconds): ReturnType<Consent['open']> {
    return this.#consent.open(now);
  }

  /** The owner's decision about a peer. @returns false if there is no such peer, or if it is blocked. */
  decide(now: Nanoseconds, name: string, isAllowed: boolean): boolean {
    const peer = this.#peers.get(name);
    if (peer === undefined || !this.#consent.decide(name, isAllowed)) return false;
    this.#outputs.keepDecision(name, isAllowed);
    if (isAllowed) this.#sendClock(now, peer);
    return true;
  }

  /** Heads of the receipts of other replicas, as last seen. */
  witnessed(): Readonly<Record<string, unknown>> {
    const heads: Record<string, unknown> = {};
    for (const { name, receipts } of this.#peers.values()) {
      if (receipts !== undefined) heads[name] = { ...receipts, hash: toHex(receipts.hash) };
    }
    return heads;
  }

  /** The asker no longer waits for its answer. */
  cancel(asker: Asker): void {
    this.#confirmations.forget(asker);
  }

  /** Sends a clock to all peers; each one that lacks operations, or has more, answers. */
  round(now: Nanoseconds): void {
    const { options, random } = this.#parts;
    const factor = 1 - ROUND_JITTER + 2 * ROUND_JITTER * random.uniform();
    this.#nextRoundNs = now + Math.ceil(options.every * factor);
    for (const peer of this.#members()) this.#sendClock(now, peer);
    this.#cut();
    this.#traced(now);
  }

  /** The carrier believes that a peer can be reached, or cannot. */
  way(now: Nanoseconds, name: string, isOpen: boolean): void {
    const peer = this.#peers.get(name);
    if (peer !== undefined && isOpen && this.#consent.isAllowed(name)) this.#sendClock(now, peer);
  }

  /** The carrier has delivered a message to a peer, or given it up. */
  settled(now: Nanoseconds, name: string, what: SentKind, isDelivered: boolean): void {
    const peer = this.#peers.get(name);
    if (peer === undefined) return;
    if (what === 'items') peer.settledItems(isDelivered, now + this.#parts.options.every / 2);
    else if (peer.settledClock() && this.#consent.isAllowed(name)) this.#sendClock(now, peer);
  }

  /** A message came from a peer. */
  message(now: Nanoseconds, from: string, bytes: Uint8Array): void {
    const peer = this.#peers.get(from);
    if (peer === undefined) {
      this.#outputs.drop('unknown-replica');
      return;
    }
    if (!this.#consent.isAllowed(from)) {
      this.#outputs.drop(this.#consent.ask(from, now));
      return;
    }
    const message = decodeVaultMessage(this.#parts.options.vault, bytes);
    if (typeof message === 'string') this.#outputs.drop(message);
    else if (this.#isFailing && message.kind !== 'clock') this.#outputs.drop('disk-failed');
    else if (message.kind === 'clock') this.#clock(now, peer, message);
    else if (message.kind === 'items') this.#items(now, peer, message.items);
    else this.#snapshot(now, peer, message.snapshot);
  }

  /** A write begins. */
  writeStarted(): void {
    this.#isTelling = false;
    this.#isFailing = false;
  }

  /** A write has failed: no operations of others are accepted until the next one. */
  writeFailed(): void {
    this.#isFailing = true;
  }

  /** A write has ended: everything in `clock` is on disk. */
  writeEnded(now: Nanoseconds, clock: Clock, receipts: ReceiptsHead): void {
    this.#durable = clock;
    this.#receipts = receipts;
    this.#isTelling = true;
    if (this.#nextRoundNs === Number.POSITIVE_INFINITY) this.#start(now);
    for (const peer of this.#toConfirm) {
      if (this.#consent.isAllowed(peer.name)) this.#sendClock(now, peer);
    }
    this.#toConfirm.clear();
    for (const peer of this.#toAnswer) {
      if (this.#consent.isAllowed(peer.name)) this.#answerClock(now, peer);
    }
    this.#toAnswer.clear();
    this.#traced(now);
  }

  /** Begins the rounds, once the state of the start is on disk. */
  #start(now: Nanoseconds): void {
    this.#nextRoundNs = now;
    for (const { sequence } of this.#parts.restored) {
      this.#outputs.push({ kind: 'published', sequence });
    }
    this.#confirm(now);
  }

  /** Sends operations of this replica, which are on disk, to the others, in order. */
  publish(
    now: Nanoseconds,
    written: readonly (OwnOperation<Asker> & { readonly item: Item })[],
  ): void {
    const [first] = written;
    if (first === undefined) return;
    for (const operation of written) {
      this.#outputs.push({ kind: 'published', sequence: operation.sequence });
      this.#confirmations.add(operation);
    }
    const items = written.map(({ item }) => item);
    const { own, itemsBytesMax } = this.#parts;
    const bytes = items.reduce((sum, { operation }) => sum + operation.length, 0);
    const upTo = new Map([[own, first.sequence + written.length - 1]]);
    for (const peer of this.#members()) {
      // A peer that lacks earlier operations, or would get too many at once, gets them in order after its next clock.
      const isNext = (peer.expected(now).get(own) ?? 0) >= first.sequence - 1;
      if (isNext && peer.hasRoom && bytes <= itemsBytesMax) this.#tell(now, peer, items, upTo);
    }
    this.#confirm(now);
  }

  /** The peers that may take part. */
  #members(): readonly PeerView[] {
    return [...this.#peers.values()].filter(({ name }) => this.#consent.isAllowed(name));
  }

  #sendClock(now: Nanoseconds, peer: PeerView): void {
    if (!peer.takesClock()) return;
    const { replica, time } = this.#parts;
    const isEqual = !isAhead(this.#durable, peer.clock) && !isAhead(peer.clock, this.#durable);
    const isWhole = isEqual && !isAhead(replica.clock(), this.#durable);
    const length = this.#send(peer, {
      kind: 'clock',
      clock: this.#durable,
      nowMs: time.at(now),
      digest: isWhole ? this.#digestAt(now) : NO_DIGEST,
      receipts: this.#receipts,
      mark: time.mark(now),
      echo: peer.mark && {
        mark: peer.mark.mark,
        heldMs: Math.floor((now - peer.mark.atNs) / NS_PER_MS),
      },
    });
    peer.clockSentNs = now;
    if (isEqual && peer.isHeard) this.#outputs.measure('sync.idle_bytes', length);
  }

  /** The first bytes of the digest; none if another state had one too soon before: a peer may change it before each clock. */
  #digestAt(now: Nanoseconds): Uint8Array {
    if (this.#digested === this.#outputs.changes) return this.#shortDigest;
    if (now < this.#digestedNs + this.#wholeStateAgainNs) return NO_DIGEST;
    this.#digestedNs = now;
    return this.#newDigest();
  }

  #newDigest(): Uint8Array {
    this.#digested = this.#outputs.changes;
    this.#shortDigest = this.#parts.replica.digest().subarray(0, SHORT_DIGEST_BYTES);
    return this.#shortDigest;
  }

  #send(peer: PeerView, message: VaultMessage): number {
    const bytes = encodeVaultMessage(this.#parts.options.vault, message);
    this.#outputs.count('sync.bytes', bytes.length);
    const what = message.kind === 'clock' ? 'clock' : 'items';
    this.#outputs.push({ kind: 'send', to: peer.name, bytes, what });
    return bytes.length;
  }

  #clock(now: Nanoseconds, peer: PeerView, message: ClockMessage): void {
    const { time, adoptsOthersTime, actors } = this.#parts;
    for (const actor of message.clock.keys()) {
      if (actors.has(actor)) continue;
      this.#outputs.drop('unknown-actor');
      return;
    }
    const movedMs = adoptsOthersTime ? time.heard(peer.name, message, now) : 0;
    if (movedMs !== 0) {
      this.#outputs.count('clock_corrections');
      this.#parts.trace?.corrected(movedMs);
      this.#outputs.warn(
        `the clock is ${-movedMs} ms ahead of the other replicas: stamps follow theirs`,
      );
    }
    peer.heard(message.clock);
    peer.mark = { mark: message.mark, atNs: now };
    this.#witness(peer, message.receipts);
    this.#confirm(now);
    this.#compare(now, peer, message);
    if (this.#isTelling) this.#answerClock(now, peer);
    else this.#toAnswer.add(peer);
  }

  /** Keeps the head of a peer's longest chain of receipts: a shorter chain has lost its newest ones. */
  #witness(peer: PeerView, head: ReceiptsHead): void {
    const known = peer.receipts;
    if (known === undefined || head.count >= known.count) peer.receipts = head;
    else
      this.#warnOf(
        peer,
        'receipts',
        `${peer.name} has fewer receipts than it had: ${head.count}, not ${known.count}`,
      );
  }

  /** Warns of a peer once for each reason, which any of its messages can repeat. */
  #warnOf(peer: PeerView, reason: 'receipts' | 'state', text: string): void {
    if (peer.warned.has(reason)) return;
    peer.warned.add(reason);
    this.#outputs.warn(text);
  }

  /** Measures the operations that all replicas have by now, and answers their askers. */
  #confirm(now: Nanoseconds): void {
    for (const { sequence, sinceNs, isErase, asker } of this.#confirmations.confirm(this.#others)) {
      this.#outputs.push({ kind: 'converged', sequence });
      if (sinceNs !== undefined) {
        this.#outputs.measure(isErase ? 'erase.time' : 'converge', now - sinceNs);
      }
      this.#outputs.answer(asker, 'ok');
    }
    this.#traced(now);
    const count = this.#confirmations.erasures;
    if (count === this.#unconfirmed) return;
    this.#unconfirmed = count;
    this.#outputs.push({ kind: 'unconfirmed', count });
  }

  #traced(now: Nanoseconds): void {
    const { trace, replica } = this.#parts;
    trace?.show(now, () => ({
      clock: this.#durable,
      stateBytes: isAhead(replica.clock(), this.#durable)
        ? undefined
        : (): Uint8Array => replica.stateBytes(),
      changes: this.#outputs.changes,
      unconfirmed: this.#confirmations.unconfirmed(this.#others),
    }));
  }

  /** Compares states: replicas with the same operations must have the same state, by bytes. */
  #compare(now: Nanoseconds, peer: PeerView, { clock, digest }: ClockMessage): void {
    const own = this.#parts.replica.clock();
    if (equalBytes(digest, NO_DIGEST) || isAhead(own, clock) || isAhead(clock, own)) return;
    const ownDigest = this.#digestAt(now);
    if (equalBytes(ownDigest, NO_DIGEST)) return;
    this.#outputs.count('compared');
    if (equalBytes(digest, ownDigest)) this.#outputs.count('equal_compared');
    else this.#warnOf(peer, 'state', `${peer.name} has the same operations and another state`);
  }

  /** Sends the operations that the peer lacks, and a clock to ask for those that only the peer has. */
  #answerClock(now: Nanoseconds, peer: PeerView): void {
    const { replica } = this.#parts;
    const expected = peer.expected(now);
    if (isAhead(this.#durable, expected)) {
      const missing = replica.itemsFor(expected, this.#parts.itemsBytesMax);
      if (missing === 'cut') {
        this.#outputs.count('snapshots');
        this.#send(peer, { kind: 'snapshot', snapshot: encodeSnapshot(replica.snapshot()) });
        peer.told(this.#durable, now);
      } else this.#tell(now, peer, missing, advance(expected, replica.clock(), missing.length));
    }
    const isBehind = isAhead(peer.clock, replica.clock());
    if (isBehind && now >= peer.clockSentNs + ASK_AGAIN_NS) this.#sendClock(now, peer);
  }

  /** Sends operations. @param upTo The clock of the peer once it has them. */
  #tell(now: Nanoseconds, peer: PeerView, items: readonly Item[], upTo: Clock): void {
    const { passOn } = this.#parts;
    this.#send(peer, { kind: 'items', items: passOn(items) });
    peer.told(upTo, now);
  }

  #items(now: Nanoseconds, peer: PeerView, items: readonly Item[]): void {
    const { replica, time } = this.#parts;
    let hasGap = false;
    for (const item of items) {
      const received = replica.receive(item, time.at(now));
      const { outcome, change, key = '', kind = '', actor = '' } = received;
      if (change !== undefined) this.#outputs.keep(change);
      if (outcome === 'applied' || outcome === 'bad-key') {
        this.#outputs.count('applied');
        this.#noted({ key, kind, actor });
        this.#toConfirm.add(peer);
      }
      if (outcome === 'gap') hasGap = true;
      else if (outcome !== 'applied' && outcome !== 'known') this.#outputs.drop(outcome);
    }
    if (hasGap && now >= peer.clockSentNs + ASK_AGAIN_NS) this.#sendClock(now, peer);
  }

  #snapshot(now: Nanoseconds, peer: PeerView, bytes: Uint8Array): void {
    if (now < peer.snapshotNs + this.#wholeStateAgainNs) {
      this.#outputs.drop('too-soon');
      return;
    }
    peer.snapshotNs = now;
    const { replica, time } = this.#parts;
    const snapshot = decodeSnapshot(bytes);
    if (snapshot === undefined) {
      this.#outputs.drop('bad-snapshot');
      return;
    }
    const before = replica.clock();
    const digest = this.#digested === this.#outputs.changes ? this.#shortDigest : this.#newDigest();
    const { outcome, forgotten, entries } = replica.join(snapshot, time.at(now));
    if (outcome !== 'applied') this.#outputs.drop(outcome);
    if (outcome !== 'applied' && outcome !== 'bad-key') return;
    for (const entry of entries) this.#outputs.keepKey(entry, replica.keyOf(entry));
    this.#outputs.forget(forgotten);
    const isKnown = !isAhead(replica.clock(), before) && equalBytes(digest, this.#newDigest());
    if (isKnown) return;
    this.#rewrite();
    this.#toConfirm.add(peer);
  }

  /** Drops operations that every replica has from the log, and replaces the log on disk if that is long. */
  #cut(): void {
    const { replica, options } = this.#parts;
    const isLong = this.#outputs.logBytes > LOG_BYTES_MAX;
    if (replica.size < this.#cutAt && !isLong) return;
    const known = [...this.#peers.values()].map(({ clock }) => clock);
    const cut = replica.cut(commonClock([this.#durable, ...known]));
    this.#cutAt = replica.size + Math.ceil(options.log / 10);
    if (cut > 0 || isLong) this.#rewrite();
  }

  #rewrite(): void {
    const { replica } = this.#parts;
    this.#outputs.rewrite(encodeStoredSnapshot(replica.snapshot()));
  }
}

/** Number of operations that are in the clock `own` and not in `theirs`. */
function countMissing(own: Clock, theirs: Clock): number {
  let count = 0;
  for (const [actor, sequence] of own) count += Math.max(0, sequence - (theirs.get(actor) ?? 0));
  return count;
}
