/**
 * What a client with genuine keys puts into genuine packets, reply blocks included, and documents that
 * an authority has signed: contents are mutated under their seals and signatures, and used.
 *
 * @module
 */
import type { RandomStream } from '../../../engine/core/stream.ts';
import {
  type CanonicalJsonValue,
  encodeCanonicalJson,
} from '../../../nodes/_kit/canonical-json.ts';
import { signText } from '../../../nodes/_kit/signed-text.ts';
import { DOCUMENT_TEXT_KIND } from '../../../nodes/mixnet/directory/document.ts';
import { encodeDocument, openDocument } from '../../../nodes/mixnet/directory/index.ts';
import { MIXNET_DROP_REASONS } from '../../../nodes/mixnet/drops.ts';
import { Lab, MS, SECOND } from '../../unit/nodes/mixnet/client/lab.ts';
import { bytesOf, crypto, sampleDocument } from '../../unit/nodes/mixnet/directory/network.ts';
import { mutate } from '../mutate.ts';
import type { SealedCase, Victim } from './victim.ts';

const NEW_AFTER = 5_000;
const KEPT = 100;
const SIGNED_SHARE = 0.15;
/** Fields of a message lie at the beginning of what a client reads. */
const HEADER = 60;
const EPOCH = 7;
const encoder = new TextEncoder();
const secret = bytesOf('authority', 0);
const trust = { keys: [crypto.ed25519PublicKey(secret)], threshold: 1 };
const body = new TextDecoder().decode(encodeDocument(sampleDocument('stratified', 3)));

class Clients implements Victim {
  readonly #random: RandomStream;
  readonly #payloads: Uint8Array[] = [];
  #lab = new Lab();
  #given = 0;

  constructor(random: RandomStream) {
    this.#random = random;
  }

  give(): readonly string[] {
    if (this.#given % NEW_AFTER === 0) this.#begin();
    this.#given += 1;
    if (this.#random.chance(SIGNED_SHARE)) return this.#document();
    const { drops, delivered } = this.#lab.client(1);
    const before = new Map(drops);
    const got = delivered.length;
    this.#lab.retrieved(1, this.#retrieved());
    if (this.#random.chance(0.02)) this.#lab.run(this.#lab.now + 200 * MS);
    const dropped = [...drops].filter(([name, count]) => count > (before.get(name) ?? 0));
    const names = dropped.map(([name]) => name);
    if (delivered.length > got) names.push('delivered' as never);
    return names.length === 0 ? ['taken'] : names;
  }

  delivers(): boolean {
    const lab = this.#lab;
    const got = lab.client(1).delivered.length;
    lab.submit(2, 'client-1', encoder.encode('after all that'));
    lab.run(lab.now + 60 * SECOND);
    return lab
      .client(1)
      .delivered.slice(got)
      .some(({ text }) => text === 'after all that');
  }

  /** Clients that have exchanged some messages. */
  #begin(): void {
    const note = (payload: Uint8Array): void => {
      this.#payloads.push(payload.slice());
      if (this.#payloads.length > KEPT) this.#payloads.shift();
    };
    this.#lab = new Lab({
      clients: 3,
      seed: 1 + this.#given,
      mutate: note,
      client: { cover: false },
    });
    for (let message = 0; message < 10; message += 1) {
      this.#lab.submit(2, 'client-1', new Uint8Array(10 + 70 * message));
    }
    this.#lab.run(20 * SECOND);
  }

  #retrieved(): Parameters<Lab['retrieved']>[1] {
    const random = this.#random;
    const genuine = this.#payloads[random.below(this.#payloads.length)]!;
    const isReply = random.chance(0.1);
    const { userForwardPayloadLength } = this.#lab.format.geometry;
    const start = random.chance(0.8) ? genuine.length - userForwardPayloadLength : 0;
    // Genuine packets have one length; the mutation stays where the fields are.
    const payload = genuine.slice();
    const fields = payload.subarray(start, start + HEADER);
    fields.set(mutate(fields.slice(), random, { header: HEADER }).subarray(0, HEADER));
    return { payload, copy: 0, ...(isReply && { surbId: random.bytes(16) }) };
  }

  /** A document that its authority has signed, and its use by a client. */
  #document(): readonly string[] {
    const lied = another(JSON.parse(body) as CanonicalJsonValue, this.#random);
    const signed = signText(crypto, DOCUMENT_TEXT_KIND, secret, encodeCanonicalJson(lied));
    const document = openDocument(crypto, trust, signed, EPOCH);
    if ('drop' in document) return [document.drop];
    const { machine } = this.#lab.client(3);
    const { now } = this.#lab;
    machine.step(now, { kind: 'document', document });
    for (let turn = 0; turn < 20; turn += 1) {
      const next = machine.nextAt();
      if (next < now + 10 * SECOND) machine.step(next, { kind: 'timer' });
    }
    machine.step(now, { kind: 'document', document: this.#lab.document });
    return ['document used'];
  }
}

/** The value with another one in one place. */
function another(value: CanonicalJsonValue, random: RandomStream): CanonicalJsonValue {
  if (typeof value === 'number') {
    return [0, 1, value + 1, value * 1_000, -1, 1e-300, 2 ** 53][random.below(7)]!;
  }
  if (typeof value === 'string') {
    const at = random.below(value.length + 1);
    const letter = '0123456789abcdef'[random.below(16)]!;
    return random.chance(0.8) ? value.slice(0, at) + letter + value.slice(at + 1) : '';
  }
  if (Array.isArray(value)) return anotherList(value as readonly CanonicalJsonValue[], random);
  const entries = Object.entries(value as Readonly<Record<string, CanonicalJsonValue>>);
  const at = random.below(Math.max(1, entries.length));
  return Object.fromEntries(
    entries.map(([name, each], index) => [name, index === at ? another(each, random) : each]),
  );
}

function anotherList(
  list: readonly CanonicalJsonValue[],
  random: RandomStream,
): CanonicalJsonValue {
  const at = random.below(Math.max(1, list.length));
  if (list.length === 0 || random.chance(0.1)) return random.chance(0.5) ? [] : list.slice(at);
  if (random.chance(0.1)) return [...list, list[at]!];
  return list.map((each, index) => (index === at ? another(each, random) : each));
}

export const mixnet: SealedCase = {
  protocol: 'mixnet',
  what: 'contents of genuine packets and signed documents',
  drops: MIXNET_DROP_REASONS,
  ends: ['taken', 'delivered', 'document used'],
  reaches: [
    ...['taken', 'document used', 'document-malformed', 'document-inconsistent'],
    ...['fragment-format', 'payload-format', 'message-kind'],
  ],
  begin: (random) => new Clients(random),
};
