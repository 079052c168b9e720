/**
 * Signed documents and descriptors: one canonical text, k of n signatures, drops with reasons.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { compareBytes, concatBytes, toHex } from '../../../../../nodes/_kit/bytes.ts';
import {
  checkDocumentSuccession,
  cosignDocument,
  type Descriptor,
  type DirectoryDocument,
  encodeDocument,
  makeDocument,
  openDescriptor,
  openDocument,
  signDescriptor,
  signDocument,
  type TrustedAuthorities,
} from '../../../../../nodes/mixnet/directory/index.ts';
import {
  bytesOf,
  crypto,
  descriptor,
  documentInput,
  identitySecret,
  mixes,
  sampleDocument,
} from './network.ts';

const secrets = [0, 1, 2].map((number) => bytesOf('authority', number));
const keys = secrets.map((secret) => crypto.ed25519PublicKey(secret));
const one: TrustedAuthorities = { keys: keys.slice(0, 1), threshold: 1 };
const document = sampleDocument();

function signed(value: DirectoryDocument = document): Uint8Array {
  return signDocument(crypto, secrets[0]!, value);
}

function opened(value: DirectoryDocument): ReturnType<typeof openDocument> {
  return openDocument(crypto, one, signed(value), value.epoch);
}

/** Signs a body as an authority would. */
function resigned(json: string): Uint8Array {
  const body = new TextEncoder().encode(json);
  const magic = new TextEncoder().encode('orrery-directory-v1\n');
  const signature = toHex(crypto.ed25519Sign(secrets[0]!, concatBytes(magic, body)));
  const line = new TextEncoder().encode(`${toHex(keys[0]!)} ${signature}\n`);
  return concatBytes(magic, line, body);
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

describe('directory documents', () => {
  it.each(['stratified', 'cascade', 'free-route'] as const)(
    'opens to what was signed: %s',
    (way) => {
      for (const count of [9, 10, 11]) {
        const value = sampleDocument(way, count);
        expect(opened(value)).toEqual(value);
      }
    },
  );

  it('is readable: a line that says what it is, lines of signatures, JSON', () => {
    const lines = text(signed()).split('\n');
    expect(lines[0]).toBe('orrery-directory-v1');
    expect(lines[1]).toMatch(/^[0-9a-f]{64} [0-9a-f]{128}$/);
    const json = JSON.parse(lines[2]!) as Record<string, unknown>;
    expect(Object.keys(json)).toEqual(Object.keys(json).sort());
    expect(json['epoch']).toBe(7);
  });

  it('keeps its text: who changes it must raise the version', () => {
    const digests = [sampleDocument(), sampleDocument('cascade', 10)].map((value) =>
      toHex(crypto.sha256(signed(value)).subarray(0, 8)),
    );
    expect(digests).toEqual(['662381399ac30e15', 'e1558000de56051d']);
  });

  it('refuses another epoch, a stranger as signer, and a text without end', () => {
    expect(openDocument(crypto, one, signed(), 8)).toEqual({ drop: 'document-epoch' });
    const stranger = signDocument(crypto, secrets[1]!, document);
    expect(openDocument(crypto, one, stranger, 7)).toEqual({ drop: 'document-signature' });
    const long = new Uint8Array(33_554_433);
    expect(openDocument(crypto, one, long, 7)).toEqual({ drop: 'document-too-long' });
  });

  it('counts the authorities that signed, as many as the threshold wants', () => {
    const trust: TrustedAuthorities = { keys, threshold: 2 };
    expect(openDocument(crypto, trust, signed(), 7)).toEqual({ drop: 'document-signature' });
    const both = cosignDocument(crypto, secrets[2]!, signed())!;
    expect(openDocument(crypto, trust, both, 7)).toEqual(document);
  });

  it('takes no signature of a descriptor for one of a document', () => {
    const other = text(signed()).replace('orrery-directory-v1', 'orrery-descriptor-v1');
    const drop = openDocument(crypto, one, new TextEncoder().encode(other), 7);
    expect(drop).toEqual({ drop: 'document-malformed' });
  });

  it.each<readonly [title: string, found: string | RegExp, written: string]>([
    ['an unknown field', '"epoch":7', '"epoch":7,"zeal":1'],
    ['a missing field', '"epoch":7,', ''],
    ['a rate below zero', '"lambdaD":0', '"lambdaD":-1'],
    ['an infinite rate', '"lambdaD":0', '"lambdaD":1e999'],
    ['a later version', '"version":1', '"version":2'],
    ['a list for an object', /^.*$/, '[]'],
    ['__proto__', '"epoch":7', '"__proto__":{},"epoch":7'],
    ['nothing', /^.*$/, '{}'],
  ])('refuses %s in a text whose signature is right', (_title, found, written) => {
    const body = text(encodeDocument(document));
    expect(body.replace(found, written)).not.toBe(body);
    expect(openDocument(crypto, one, resigned(body), 7)).toEqual(document);
    const drop = openDocument(crypto, one, resigned(body.replace(found, written)), 7);
    expect(drop).toEqual({ drop: 'document-malformed' });
  });

  const { layers, providers } = document;
  it.each<readonly [title: string, change: Partial<DirectoryDocument>]>([
    ['a layer is empty', { layers: [[], ...layers.slice(1)] }],
    ['a layer is missing', { layers: layers.slice(1) }],
    ['layers are out of order', { layers: layers.map((layer) => [...layer].reverse()) }],
    ['nodes stand twice', { layers: [layers[0]!, layers[0]!, layers[2]!] }],
    ['there is no provider', { providers: [] }],
    ['a provider stands in a layer', { layers: [[providers[0]!], ...layers.slice(1)] }],
    ['mixes are providers', { providers: layers[0]!, layers: [providers, ...layers.slice(1)] }],
    ['it is older than the network', { genesisEpoch: 8 }],
    ['the past is invented', { priorSharedRandom: [bytesOf('random', 6)] }],
    ['no node has a key for the epoch', { layers: withAll(layers, { mixKeys: new Map() }) }],
    ['VRF keys are from the future', { layers: withAll(layers, { vrfKeySince: 8 }) }],
    ['names are not unique', { layers: withAll(layers, { name: 'mix' }) }],
    ['mixes are left over', { spares: [descriptor('mix', 77)] }],
    ['paths are longer than layers', { hops: 4 }],
  ])('refuses a document in which %s', (_title, change) => {
    expect(opened({ ...document, ...change })).toEqual({ drop: 'document-inconsistent' });
  });
});

function withAll(
  layers: DirectoryDocument['layers'],
  change: Partial<Descriptor>,
): DirectoryDocument['layers'] {
  return layers.map((layer) => layer.map((mix) => ({ ...mix, ...change })));
}

describe('the succession of documents', () => {
  const second = makeDocument(
    crypto,
    documentInput('stratified', 8, {
      epoch: 8,
      previous: document,
      sharedRandomValue: bytesOf('random', 8),
      nodes: [...mixes(8), descriptor('provider', 0), descriptor('provider', 1)],
    }),
  );

  it('follows from the document before, and only from that one', () => {
    expect(checkDocumentSuccession(crypto, document, undefined)).toBeUndefined();
    expect(checkDocumentSuccession(crypto, second, document)).toBeUndefined();
    expect(checkDocumentSuccession(crypto, second, undefined)).toBe('document-previous');
    const other = sampleDocument('stratified', 10);
    expect(checkDocumentSuccession(crypto, second, other)).toBe('document-previous');
    expect(checkDocumentSuccession(crypto, document, second)).toBe('document-previous');
    expect(second.priorSharedRandom).toEqual([document.sharedRandomValue]);
  });

  it('shows an authority that puts a mix into a layer of its liking', () => {
    const [first, middle, last] = second.layers as readonly (readonly Descriptor[])[];
    const sort = (layer: readonly Descriptor[]): readonly Descriptor[] =>
      [...layer].sort((a, b) => compareBytes(a.nodeId, b.nodeId));
    const swapped = {
      ...second,
      layers: [
        sort([middle![0]!, ...first!.slice(1)]),
        sort([first![0]!, ...middle!.slice(1)]),
        last!,
      ],
    };
    expect(openDocument(crypto, one, signed(swapped), 8)).toEqual(swapped);
    expect(checkDocumentSuccession(crypto, swapped, document)).toBe('document-layers');
  });

  it('keeps the first listing of a VRF key, and dates a new key anew', () => {
    const [changed, ...rest] = documentInput('stratified', 9).nodes;
    const nodes = [{ ...changed!, vrfKey: bytesOf('new vrf', 0), vrfKeySince: 0 }, ...rest];
    const next = makeDocument(
      crypto,
      documentInput('stratified', 9, { epoch: 8, nodes, previous: document }),
    );
    const since = new Map(next.layers.flat().map((mix) => [mix.name, mix.vrfKeySince]));
    expect(since.get('mix-0')).toBe(8);
    expect(since.get('mix-1')).toBe(7);
  });
});

describe('descriptors', () => {
  const own = descriptor('mix', 3);
  const secret = identitySecret('mix', 3);

  it('opens to what the node signed', () => {
    expect(openDescriptor(crypto, signDescriptor(crypto, secret, own))).toEqual(own);
  });

  it('counts only under the identity key that it names', () => {
    const forged = signDescriptor(crypto, identitySecret('mix', 4), own);
    expect(openDescriptor(crypto, forged)).toEqual({ drop: 'descriptor-signature' });
  });

  it('holds keys of three epochs at most', () => {
    const mixKeys = new Map([7, 8, 9, 10].map((epoch) => [epoch, bytesOf('key', epoch)]));
    const raw = signDescriptor(crypto, secret, { ...own, mixKeys });
    expect(openDescriptor(crypto, raw)).toEqual({ drop: 'descriptor-malformed' });
    expect(openDescriptor(crypto, new Uint8Array(20_000))).toEqual({ drop: 'descriptor-too-long' });
    expect(openDescriptor(crypto, new Uint8Array())).toEqual({ drop: 'descriptor-malformed' });
  });
});
