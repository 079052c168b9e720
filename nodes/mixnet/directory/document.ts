/**
 * Signed documents and descriptors: authorities sign documents, nodes sign descriptors, and every
 * node opens documents (docs/spec/mixnet.md, "Directory"). A document has one signer, or any k of
 * n.
 *
 * Opening is a list of checks with named drop reasons; it never throws, whatever the bytes. There
 * is no consensus protocol between authorities: they sign the same document one after the other.
 *
 * @module
 */
import type { CryptoProvider } from '../../../engine/host/crypto.ts';
import { equalBytes } from '../../_kit/bytes.ts';
import {
  cosignText,
  openSelfSignedText,
  openText,
  signText,
  type TextKind,
  type TrustedSigners,
} from '../../_kit/signed-text.ts';
import { isConsistentDocument } from './consistency.ts';
import type { DescriptorDropReason, DocumentDropReason } from './drops.ts';
import {
  DESCRIPTOR_LENGTH_MAX,
  DESCRIPTOR_MAGIC,
  DOCUMENT_LENGTH_MAX,
  DOCUMENT_MAGIC,
  DOCUMENT_SIGNATURES_MAX,
  ID_LENGTH,
} from './geometry.ts';
import { hasDerivedLayers } from './layers.ts';
import type { Descriptor, DirectoryDocument } from './model.ts';
import { decodeDescriptor, decodeDocument, encodeDescriptor, encodeDocument } from './text-form.ts';

/** The kind of signed text that documents are: its first line, signature scheme and bounds. */
export const DOCUMENT_TEXT_KIND: TextKind = {
  magic: DOCUMENT_MAGIC,
  scheme: 'ed25519',
  lengthMax: DOCUMENT_LENGTH_MAX,
  signaturesMax: DOCUMENT_SIGNATURES_MAX,
};
const DESCRIPTOR: TextKind = {
  magic: DESCRIPTOR_MAGIC,
  scheme: 'ed25519',
  lengthMax: DESCRIPTOR_LENGTH_MAX,
  signaturesMax: 1,
};

/** The authorities that a node trusts, by their Ed25519 public keys, 32 bytes each. */
export type TrustedAuthorities = TrustedSigners;

/**
 * Signs a document as its first or only authority.
 * @param secret Ed25519 secret, 32 bytes.
 */
export function signDocument(
  crypto: CryptoProvider,
  secret: Uint8Array,
  document: DirectoryDocument,
): Uint8Array {
  return signText(crypto, DOCUMENT_TEXT_KIND, secret, encodeDocument(document));
}

/**
 * Adds the signature of another authority, which has opened and checked the document before.
 * @returns the text with the additional signature; undefined when the bytes are not a signed
 * document.
 */
export function cosignDocument(
  crypto: CryptoProvider,
  secret: Uint8Array,
  signed: Uint8Array,
): Uint8Array | undefined {
  return cosignText(crypto, DOCUMENT_TEXT_KIND, secret, signed);
}

/**
 * Opens a signed document: checks length, frame, signatures, text form, epoch and consistency, in
 * this order.
 * @param epoch The requested epoch.
 * @example const opened = openDocument(crypto, { keys: [authorityKey], threshold: 1 }, bytes,
 *   epoch); if ('drop' in opened) return host.meter.count(opened.drop);
 */
export function openDocument(
  crypto: CryptoProvider,
  trust: TrustedAuthorities,
  bytes: Uint8Array,
  epoch: number,
): DirectoryDocument | { readonly drop: DocumentDropReason } {
  const opened = openText(crypto, DOCUMENT_TEXT_KIND, trust, bytes);
  if ('drop' in opened) return { drop: `document-${opened.drop}` };
  const document = decodeDocument(opened.body);
  if (document === undefined) return { drop: 'document-malformed' };
  if (document.epoch !== epoch) return { drop: 'document-epoch' };
  if (!isConsistentDocument(document)) return { drop: 'document-inconsistent' };
  return document;
}

/**
 * Checks that a document follows the previous document: it contains the hash of the previous
 * document, has a later epoch and the same first epoch, and its layers follow from the previous
 * layers. A network's first document has no predecessor.
 * @returns the reason to reject it, or undefined.
 */
export function checkDocumentSuccession(
  crypto: CryptoProvider,
  document: DirectoryDocument,
  previous: DirectoryDocument | undefined,
): 'document-previous' | 'document-layers' | undefined {
  if (!isLinked(crypto, document, previous)) return 'document-previous';
  return hasDerivedLayers(crypto, document, previous) ? undefined : 'document-layers';
}

/**
 * Computes the SHA-256 of the canonical text of a document, 32 bytes; the next document contains it.
 */
export function computeDocumentHash(
  crypto: CryptoProvider,
  document: DirectoryDocument,
): Uint8Array {
  return crypto.sha256(encodeDocument(document));
}

/** Signs a descriptor with the secret of its identity key (Ed25519, 32 bytes). */
export function signDescriptor(
  crypto: CryptoProvider,
  secret: Uint8Array,
  descriptor: Descriptor,
): Uint8Array {
  return signText(crypto, DESCRIPTOR, secret, encodeDescriptor(descriptor));
}

/**
 * Opens an uploaded descriptor. It must be signed by the node's own identity key and by no other
 * key.
 */
export function openDescriptor(
  crypto: CryptoProvider,
  bytes: Uint8Array,
): Descriptor | { readonly drop: DescriptorDropReason } {
  const opened = openSelfSignedText(crypto, DESCRIPTOR, bytes);
  if ('drop' in opened) return { drop: `descriptor-${opened.drop}` };
  const descriptor = decodeDescriptor(opened.body);
  if (descriptor === undefined) return { drop: 'descriptor-malformed' };
  // The descriptor says which identity key the node has; only a signature by this key proves that
  // the node made the descriptor.
  if (!equalBytes(descriptor.identityKey, opened.key)) return { drop: 'descriptor-signature' };
  return descriptor;
}

function isLinked(
  crypto: CryptoProvider,
  document: DirectoryDocument,
  previous: DirectoryDocument | undefined,
): boolean {
  if (previous === undefined) {
    const isFirst = document.epoch === document.genesisEpoch;
    return isFirst && equalBytes(document.previousDocument, new Uint8Array(ID_LENGTH));
  }
  if (document.genesisEpoch !== previous.genesisEpoch) return false;
  if (document.epoch <= previous.epoch) return false;
  return equalBytes(document.previousDocument, computeDocumentHash(crypto, previous));
}
