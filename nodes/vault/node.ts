/**
 * Vault: a replica: the adapter between the host and the machine.
 *
 * @module
 */
import type { Host, NodeRequest } from '../../engine/host/host.ts';
import type { NodeHandle, NodeSetup } from '../../engine/host/protocol.ts';
import type { Transport } from '../../engine/host/transport.ts';
import { crc32c } from '../../engine/pure/crc32c.ts';
import { readUint16, readUint48 } from '../_kit/bytes.ts';
import { StateMachineRunner } from '../_kit/shell.ts';
import type { Behaviour } from './behaviour.ts';
import type { Item } from './changes.ts';
import type { VaultOptions } from './config.ts';
import { findReplicaKeys } from './provisioning.ts';
import { ReceiptLog } from './receipt-log.ts';
import { Replica } from './replica.ts';
import { ReplicaTrace } from './replica-trace.ts';
import {
  type SentKind,
  VAULT_QUESTIONS,
  type VaultEffect,
  type VaultInput,
  type VaultRequestKind,
} from './sync/effects.ts';
import { MESSAGE_HEAD_BYTES, MESSAGE_ITEMS_BYTES } from './sync/geometry.ts';
import { VaultLoad } from './sync/load.ts';
import { VaultMachine } from './sync/machine.ts';
import {
  decodeReceiptPlace,
  encodeReceiptPlace,
  isEntryKey,
  RECEIPTS_KEY,
  type RestoredOperation,
  restoreDecisions,
  restoreReplica,
  SNAPSHOT_KEY,
} from './sync/records.ts';
import { ReplicaTime } from './sync/replica-time.ts';
import { TamperingReplica } from './sync/tamper.ts';

/** Namespace of the witness for the operations that `tampers` changed. */
const TAMPERED = 'tampered';
/** Namespace of the witness for the data keys that were used. */
const DATA_KEYS = 'data-keys';

type Setup = NodeSetup<VaultOptions>;

/** A replica of the vault. */
export class VaultNode implements NodeHandle {
  readonly #host: Host;
  readonly #setup: Setup;
  readonly #behaviour: Behaviour;
  #transport: Transport | undefined;
  #replica: Replica | undefined;
  #machine: VaultMachine<NodeRequest> | undefined;
  #shell: StateMachineRunner<VaultInput<NodeRequest>, VaultEffect<NodeRequest>> | undefined;

  constructor(host: Host, setup: Setup, behaviour: Behaviour) {
    this.#host = host;
    this.#setup = setup;
    this.#behaviour = behaviour;
  }

  start(): void {
    const host = this.#host;
    const { options, network } = this.#setup;
    this.#transport = host.transport({
      onMessage: (from, buffer, offset, length) => {
        const bytes = buffer.slice(offset, offset + length);
        this.#shell?.take({ kind: 'message', from, bytes });
      },
      onWay: (peer, way) => this.#shell?.take({ kind: 'way', peer, isOpen: way === 'open' }),
    });
    host.onRequest((request) => this.#request(request));
    const reached = this.#transport?.peers ?? [];
    const keys = findReplicaKeys(network, host.name);
    this.#replica = new Replica({
      ...keys,
      vaultId: options.vault,
      actor: host.name,
      crypto: host.crypto,
      randomBytes: (length): Uint8Array => host.randomBytes(length),
      logMax: options.log,
      behaviour: this.#behaviour.replica,
      sealing: (dataKey): void => this.#witnessKey(dataKey),
    });
    const restored = this.#restore(this.#replica);
    this.#machine = new VaultMachine<NodeRequest>({
      own: host.name,
      actors: keys.actors,
      options,
      peers: options.peers?.filter((name) => reached.includes(name)) ?? reached,
      replica: this.#replica,
      receipts: this.#restoredReceipts(keys.secretKey),
      restored,
      decided: restoreDecisions(host.store('vault')),
      time: new ReplicaTime(
        host.clock(),
        host.now(),
        host.random('vault.marks').u32(),
        keys.actors.size - 1,
      ),
      random: host.random('vault.rounds'),
      sha256: (bytes): Uint8Array => host.crypto.sha256(bytes),
      ...(options.load === undefined
        ? {}
        : { load: new VaultLoad(options.load, host.random('vault.load'), host.now()) }),
      adoptsOthersTime: this.#behaviour.adoptsOthersTime,
      passOn: this.#passOn(keys.secretKey),
      ...(host.trace.isRecorded ? { trace: new ReplicaTrace(host, options.vault) } : {}),
      itemsBytesMax: Math.min(
        MESSAGE_ITEMS_BYTES,
        (this.#transport?.terms.maxBytes ?? MESSAGE_ITEMS_BYTES) - MESSAGE_HEAD_BYTES,
      ),
    });
    this.#shell = new StateMachineRunner(host, this.#machine, (effect) => this.#perform(effect));
    this.#shell.take({ kind: 'start' });
  }

  stop(): void {
    this.#shell?.stop();
  }

  /** Reports a key on disk that no value needs any more: it could decrypt an erased value. */
  invariant(): string | undefined {
    const [stale] = this.#replica === undefined ? [] : this.#staleKeys(this.#replica);
    return stale === undefined
      ? undefined
      : `the key of the value ${stale}, which is gone, is on the disk`;
  }

  status(): Readonly<Record<string, unknown>> {
    return this.#machine?.status(this.#host.now()) ?? {};
  }

  /** Restores the replica from disk. @returns its own operations. */
  #restore(replica: Replica): readonly RestoredOperation[] {
    const store = this.#host.store('vault');
    const { bad, own } = restoreReplica(replica, store, this.#host.name);
    for (let count = 0; count < bad; count += 1) this.#host.drop('bad-record');
    // If a record is missing, a key that looks unused may still be needed.
    if (bad > 0 || !this.#behaviour.forgetsKeys) return own;
    for (const entry of this.#staleKeys(replica)) store.delete(entry);
    return own;
  }

  /** Wrapped keys on disk that no value needs: a crash came before their deletion was durable. */
  #staleKeys(replica: Replica): readonly string[] {
    const keys = this.#host.store('vault').keys();
    return keys.filter((key) => isEntryKey(key) && replica.keyOf(key) === undefined);
  }

  #restoredReceipts(secretKey: Uint8Array): ReceiptLog {
    const { crypto } = this.#host;
    const { vault: vaultId } = this.#setup.options;
    const receipts = new ReceiptLog({ vaultId, secretKey, crypto });
    const store = this.#host.store('receipts');
    store.replay((record) => {
      if (!receipts.restore(record.slice())) this.#host.drop('bad-record');
    });
    const next = decodeReceiptPlace(store.get(RECEIPTS_KEY));
    if (next !== undefined) receipts.resume(next);
    return receipts;
  }

  #passOn(secretKey: Uint8Array): (items: readonly Item[]) => readonly Item[] {
    const { tampers } = this.#setup.options;
    if (tampers === 0) return (items): readonly Item[] => items;
    const host = this.#host;
    const tampering = new TamperingReplica({
      own: host.name,
      share: tampers,
      secretKey,
      crypto: host.crypto,
      random: host.random('vault.tampers'),
      changed: (operation): void => {
        host.meter.counter('vault.tampered').add(1);
        this.#setup.witness.note(TAMPERED, witnessNumber(operation));
      },
    });
    return (items): readonly Item[] => items.map((item) => tampering.passOn(item));
  }

  #request(request: NodeRequest): void {
    const { kind, target, body } = request;
    if (!isVaultRequest(kind)) {
      request.respond('unknown-request');
      return;
    }
    const input = { kind, target, body: body.slice() };
    request.onCancel(() => this.#shell?.take({ kind: 'cancel', asker: request }));
    this.#shell?.take({ kind: 'request', request: input, asker: request });
  }

  #perform(effect: VaultEffect<NodeRequest>): void {
    const host = this.#host;
    const store = host.store('vault');
    switch (effect.kind) {
      case 'send':
        this.#send(effect.to, effect.bytes, effect.what);
        return;
      case 'append':
        this.#witness(effect.record);
        store.append(effect.record);
        return;
      case 'rewrite':
        // The snapshot first: a crash may keep only the first of the two changes.
        store.put(SNAPSHOT_KEY, effect.snapshot);
        store.truncate();
        return;
      case 'receipt':
        host.store('receipts').append(effect.record);
        return;
      case 'receipts': {
        const receipts = host.store('receipts');
        // The place first: if a crash keeps only this change, the chain still goes on. A chain that starts anew looks
        // forged to witnesses.
        receipts.put(RECEIPTS_KEY, encodeReceiptPlace(effect.next));
        receipts.truncate();
        for (const record of effect.records) receipts.append(record);
        return;
      }
      case 'put':
        store.put(effect.key, effect.value);
        return;
      case 'forget':
        if (this.#behaviour.forgetsKeys) store.delete(effect.key);
        return;
      case 'sync':
        this.#sync();
        return;
      case 'answer':
        effect.asker.respond(effect.outcome, effect.body);
        return;
      case 'more':
        // A slow watcher misses changes, which are not repeated: what it gets is no complete log.
        effect.asker.more(effect.body);
        return;
      case 'drop':
        host.drop(effect.reason);
        return;
      case 'count':
        host.meter.counter(`vault.${effect.metric}`).add(effect.by);
        return;
      case 'measure':
        host.meter.histogram(`vault.${effect.metric}`).record(effect.value);
        return;
      case 'published':
        this.#countOnce('vault.operations', effect.sequence);
        return;
      case 'converged':
        this.#countOnce('vault.converged_operations', effect.sequence);
        return;
      case 'unconfirmed':
        host.meter.gauge('vault.erase.unconfirmed').set(effect.count);
        return;
      case 'warn':
        host.log.warn(effect.text);
    }
  }

  /** Counts an operation of this replica once, though a restart reports it again. */
  #countOnce(metric: string, sequence: number): void {
    const host = this.#host;
    if (this.#setup.witness.note(`${metric}/${host.name}`, sequence)) return;
    host.meter.counter(metric).add(1);
  }

  /** Receipts are durable before the changes that they are about. */
  #sync(): void {
    const host = this.#host;
    host.store('receipts').sync((first) => {
      host.store('vault').sync((second) => {
        const isDurable = first === undefined && second === undefined;
        this.#shell?.take({ kind: 'synced', isDurable });
      });
    });
  }

  #send(to: string, bytes: Uint8Array, what: SentKind): void {
    const { lifetime } = this.#setup.options;
    this.#transport?.send(to, bytes, { lifetime, tolerant: true }, (outcome) => {
      if (outcome === 'too-large') this.#host.drop('message-too-large');
      this.#shell?.take({ kind: 'settled', peer: to, what, isDelivered: outcome === 'ok' });
    });
  }

  /** Asks the witness whether an operation that this replica accepted was tampered with. */
  #witness(operation: Uint8Array): void {
    const { witness } = this.#setup;
    if (!witness.has(TAMPERED, witnessNumber(operation))) return;
    this.#host.meter.counter('vault.tampered_undetected').add(1);
  }

  /**
   * Asks the witness whether a data key was used before: since the nonce is constant, the ciphertexts would reveal the
   * values.
   */
  #witnessKey(dataKey: Uint8Array): void {
    if (!this.#setup.witness.note(DATA_KEYS, readUint48(dataKey, 0))) return;
    this.#host.meter.counter('vault.keys_reused').add(1);
  }
}

/**
 * The number by which the witness knows an operation: a checksum, and 16 bits of its signature. The host's hash is not
 * used, since its processor time may be charged to the node, and a measurement must not be.
 */
function witnessNumber(operation: Uint8Array): number {
  return crc32c(operation) * 0x1_0000 + readUint16(operation, operation.length - 2);
}

function isVaultRequest(kind: string): kind is VaultRequestKind {
  return Object.hasOwn(VAULT_QUESTIONS, kind);
}
