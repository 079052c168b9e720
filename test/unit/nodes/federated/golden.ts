/**
 * Golden bytes of federated.
 *
 * @module
 */
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import {
  SECAGG_MESSAGE_TYPES,
  type SecaggMessageBody,
} from '../../../../nodes/federated/secagg/messages.ts';
import { encodeSecaggMessage } from '../../../../nodes/federated/secagg/wire.ts';
import { type GoldenBytes, patternBytes } from '../../../../tools/golden/golden-bytes.ts';

const SESSION = patternBytes(32, 11);

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const config = {
    ...{ random: patternBytes(16, 5), round: 70_000, n: 300, k: 24, t: 17, m: 7_850, bits: 24 },
    mode: 'semi-honest',
    modelHash: patternBytes(32, 77),
  } as const;
  const keys = { channelKey: patternBytes(32, 1), maskKey: patternBytes(32, 2) };
  const signature = patternBytes(64, 3);
  const bodies: Readonly<Record<string, SecaggMessageBody>> = {
    invite: { type: SECAGG_MESSAGE_TYPES.invite, config },
    advertise: { type: SECAGG_MESSAGE_TYPES.advertise, index: 299, ...keys },
    advertiseSigned: { type: SECAGG_MESSAGE_TYPES.advertise, index: 3, ...keys, signature },
    roster: {
      type: SECAGG_MESSAGE_TYPES.roster,
      entries: [
        { index: 23, ...keys },
        { index: 24, channelKey: patternBytes(32, 4), maskKey: patternBytes(32, 6) },
      ],
    },
    shareKeys: {
      type: SECAGG_MESSAGE_TYPES.shareKeys,
      boxes: [{ index: 256, box: patternBytes(88, 9) }],
    },
    forward: {
      type: SECAGG_MESSAGE_TYPES.forward,
      boxes: [{ index: 0, box: patternBytes(88, 8) }],
    },
    maskedInput: { type: SECAGG_MESSAGE_TYPES.maskedInput, packed: patternBytes(24, 12) },
    survivors: { type: SECAGG_MESSAGE_TYPES.survivors, survivors: [0, 23, 24, 255], lost: [256] },
    consistency: { type: SECAGG_MESSAGE_TYPES.consistency, signature },
    signatures: { type: SECAGG_MESSAGE_TYPES.signatures, signatures: [{ index: 2, signature }] },
    unmask: {
      type: SECAGG_MESSAGE_TYPES.unmask,
      shares: [
        { index: 5, kind: 'own', share: patternBytes(32, 20) },
        { index: 1, kind: 'pair', share: patternBytes(32, 21) },
      ],
    },
    done: { type: SECAGG_MESSAGE_TYPES.done, outcome: 'too-few', survivors: 250 },
  };
  return Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [name, toHex(encodeSecaggMessage(SESSION, body))]),
  );
}
