/**
 * Check F1: the duration of a round of secure aggregation over equal links, to the nanosecond: four
 * round trips, the serialisation of one client's messages, and the work of one client and of the server
 * (docs/spec/secure-aggregation.md#messages).
 *
 * @module
 */
import type { LinkDirectionSpec } from '../../../engine/net/link-spec.ts';
import { OPERATION_COST_NS, type SecaggConfig } from '../../../nodes/federated/index.ts';
import { ACCEPT_EQUAL, type CheckMeasure, type VerificationCheck } from '../base/model.ts';
import { SecureSumStar } from '../sums/star-round.ts';

const CLIENTS = 10;
const NEIGHBOURS = CLIENTS - 1;
const THRESHOLD = 7;
const ELEMENTS = 16_000;
const BITS = 32;
const DELAY_NS = 10_000_000;
/** Rate of each link, at which a byte takes 8 ns. */
const RATE_BPS = 1_000_000_000;
const BYTE_NS = 8;
const OVERHEAD_BYTES = 28;
const WAYS = 8;

const CONFIG: SecaggConfig = {
  ...{ random: new Uint8Array(16).fill(7), round: 1, n: CLIENTS, k: NEIGHBOURS, t: THRESHOLD },
  ...{ m: ELEMENTS, bits: BITS, mode: 'semi-honest' },
};

const LINK: LinkDirectionSpec = {
  rateBps: RATE_BPS,
  delayNs: DELAY_NS,
  overheadBytes: OVERHEAD_BYTES,
  queue: { kind: 'drop-tail' },
};

/**
 * Length of the start of a message, bytes: CBOR head of the array, type, and session with its CBOR
 * head.
 */
const HEAD = 1 + 1 + 2 + 32;
/**
 * Lengths of a key or share (32 bytes) and of a sealed box (88 bytes), each with its CBOR head of 2
 * bytes.
 */
const KEY = 2 + 32;
const BOX = 2 + 88;

/** Lengths of the messages to and from one client in the order of the round, bytes. */
const MESSAGES: readonly number[] = [
  // Invitation: array, type, and a map of nine numbers, one of which has 16 bytes.
  1 + 1 + (1 + 2 + 18 + 4 * 2 + 4 + 3 + 2),
  // Keys: index, two keys.
  HEAD + 1 + 2 * KEY,
  // Roster: an entry for each client.
  HEAD + 1 + CLIENTS * (1 + 1 + 2 * KEY),
  // Shares to the other clients, and shares from them.
  HEAD + 1 + NEIGHBOURS * (1 + 1 + BOX),
  HEAD + 1 + NEIGHBOURS * (1 + 1 + BOX),
  // The masked input.
  HEAD + 3 + (ELEMENTS * BITS) / 8,
  // The list of survivors, and an empty list of lost clients.
  HEAD + 1 + CLIENTS + 1,
  // One share for each client: of the secret of its own mask.
  HEAD + 1 + CLIENTS * (1 + 1 + 1 + KEY),
];

/**
 * Time charged to one client, ns: it shares secrets with the other clients, masks its input, and opens
 * boxes.
 */
function clientWorkNs(): number {
  const { agreement, derivation, box, coefficients, element } = OPERATION_COST_NS;
  const sharing = NEIGHBOURS * (2 * (agreement + derivation + box) + THRESHOLD * coefficients);
  const masking = CLIENTS * ELEMENTS * element;
  return sharing + masking + NEIGHBOURS * (derivation + box);
}

/** Time charged to the server, ns: for each client it rebuilds a secret, derives a seed and removes a mask. */
function serverWorkNs(): number {
  const { weight, product, derivation, element } = OPERATION_COST_NS;
  const holders = THRESHOLD + 1;
  const rebuilding = 2 * holders ** 2 * weight + CLIENTS * 2 * holders * product;
  return rebuilding + CLIENTS * derivation + CLIENTS * ELEMENTS * element;
}

/** Check F1 of docs/VERIFICATION.md: duration of one round of secure aggregation. */
export const secureRoundCheck: VerificationCheck = {
  id: 'F1',
  name: 'round of secure sums',
  formula: '8 D + bits / rate + charged work; 10 clients, 16,000 elements, equal links',
  catches: '1 ns, one wrong element',
  run: (engine): readonly CheckMeasure[] => {
    const { summedNs, wrong } = new SecureSumStar(engine, CONFIG, LINK).run();
    const bytes = MESSAGES.reduce((sum, length) => sum + length + OVERHEAD_BYTES, 0);
    const theory = WAYS * DELAY_NS + bytes * BYTE_NS + clientWorkNs() + serverWorkNs();
    return [
      {
        label: 'until the sum is known, ns',
        theory,
        measured: summedNs,
        accept: ACCEPT_EQUAL,
        digits: 0,
      },
      { label: 'wrong elements', theory: 0, measured: wrong, accept: ACCEPT_EQUAL, digits: 0 },
    ];
  },
};
