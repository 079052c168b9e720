/**
 * Descriptors and documents as canonical JSON: one table of fields for each, with bounds
 * (docs/spec/mixnet.md, "Directory").
 *
 * @module
 */
import {
  asciiTextCodec,
  codecWithOptionalField,
  decimalCodec,
  decodeCanonicalJson,
  encodeCanonicalJson,
  hexBytesCodec,
  integerCodec,
  integerMapCodec,
  type JsonCodec,
  listCodec,
  oneOfCodec,
  recordCodec,
} from '../../_kit/canonical-json.ts';
import { CANDIDATES_MAX, PROOF_LENGTH } from '../../vrf/index.ts';
import {
  DESCRIPTOR_TEXT_CHARS_MAX,
  DOCUMENT_NODES_MAX,
  EPOCH_MAX,
  ID_LENGTH,
  MIX_KEY_EPOCH_COUNT,
  MIX_KEY_LENGTH_MAX,
  PATH_MIXES_MAX,
  PRIOR_RANDOM_VALUES_MAX,
} from './geometry.ts';
import type {
  Descriptor,
  DirectoryDocument,
  ListedRole,
  LoopixRates,
  MixTopology,
  NeighbourRules,
} from './model.ts';

/** Version of the text form. */
const VERSION = 1;
const PORT_MAX = 0xffff;
/** Highest rate: one event per nanosecond, faster than any client sends. */
const RATE_MAX_PER_MS = 1e6;
/** Lowest rate: below it, the mean delay would exceed the length of any run. */
const RATE_MIN_PER_MS = 1e-9;
const LOAD_WEIGHT_MIN = 1e-6;
const LOAD_WEIGHT_MAX = 1e6;
const EPOCH_LENGTH_MS_MAX = 0xffff_ffff;

const ROLES: readonly ListedRole[] = ['mix', 'provider'];
const TOPOLOGIES: readonly MixTopology[] = ['stratified', 'cascade', 'free-route'];

const epoch = integerCodec({ min: 0, max: EPOCH_MAX });
const id = hexBytesCodec({ min: ID_LENGTH, max: ID_LENGTH });
const name = asciiTextCodec({ min: 1, max: DESCRIPTOR_TEXT_CHARS_MAX });
const rate = decimalCodec({ min: 0, max: RATE_MAX_PER_MS });

const plainDescriptor = recordCodec<Omit<Descriptor, 'neighbourProofs'>>({
  name,
  nodeId: id,
  role: oneOfCodec(ROLES),
  address: name,
  port: integerCodec({ min: 0, max: PORT_MAX }),
  identityKey: id,
  vrfKey: id,
  vrfKeySince: epoch,
  mixKeys: integerMapCodec(hexBytesCodec({ min: 1, max: MIX_KEY_LENGTH_MAX }), {
    max: MIX_KEY_EPOCH_COUNT,
    keyMax: EPOCH_MAX,
  }),
  asn: name,
  family: name,
  loadWeight: decimalCodec({ min: LOAD_WEIGHT_MIN, max: LOAD_WEIGHT_MAX }),
});

const neighbourProofs = integerMapCodec(hexBytesCodec({ min: PROOF_LENGTH, max: PROOF_LENGTH }), {
  max: PATH_MIXES_MAX,
  keyMax: PATH_MIXES_MAX,
});

const descriptor: JsonCodec<Descriptor> = codecWithOptionalField(
  plainDescriptor,
  'neighbourProofs',
  neighbourProofs,
);

const rates: JsonCodec<LoopixRates> = recordCodec<LoopixRates>({
  mu: decimalCodec({ min: RATE_MIN_PER_MS, max: RATE_MAX_PER_MS }),
  lambdaP: rate,
  lambdaL: rate,
  lambdaD: rate,
  lambdaM: rate,
  lambdaG: rate,
});

const descriptors = listCodec(descriptor, DOCUMENT_NODES_MAX);

const fields = {
  epoch,
  genesisEpoch: epoch,
  epochLengthMs: integerCodec({ min: 1, max: EPOCH_LENGTH_MS_MAX }),
  topology: oneOfCodec(TOPOLOGIES),
  hops: integerCodec({ min: 1, max: PATH_MIXES_MAX }),
  layers: listCodec(descriptors, PATH_MIXES_MAX),
  spares: descriptors,
  providers: descriptors,
  rates,
  sphinxGeometryHash: id,
  sharedRandomValue: id,
  priorSharedRandom: listCodec(id, PRIOR_RANDOM_VALUES_MAX),
  previousDocument: id,
};

interface VersionedDocument extends DirectoryDocument {
  readonly version: number;
}

const plainDocument = recordCodec<Omit<VersionedDocument, 'neighbours'>>({
  ...fields,
  version: integerCodec({ min: VERSION, max: VERSION }),
});

const neighbours: JsonCodec<NeighbourRules> = recordCodec<NeighbourRules>({
  count: integerCodec({ min: 1, max: CANDIDATES_MAX }),
  maxPerAs: integerCodec({ min: 1, max: CANDIDATES_MAX }),
});

const document: JsonCodec<VersionedDocument> = codecWithOptionalField(
  plainDocument,
  'neighbours',
  neighbours,
);

/** Returns the canonical text of a document, as bytes. */
export function encodeDocument(value: DirectoryDocument): Uint8Array {
  return encodeCanonicalJson(document.write({ ...value, version: VERSION }));
}

/** Decodes the bytes of {@link encodeDocument}; undefined for any other bytes. */
export function decodeDocument(raw: Uint8Array): DirectoryDocument | undefined {
  const versioned = decodeCanonicalJson(document, raw);
  if (versioned === undefined) return undefined;
  const { version: _, ...value } = versioned;
  return value;
}

/** Returns the canonical text of a descriptor, as bytes. */
export function encodeDescriptor(value: Descriptor): Uint8Array {
  return encodeCanonicalJson(descriptor.write(value));
}

/** Decodes the bytes of {@link encodeDescriptor}; undefined for any other bytes. */
export function decodeDescriptor(raw: Uint8Array): Descriptor | undefined {
  return decodeCanonicalJson(descriptor, raw);
}
