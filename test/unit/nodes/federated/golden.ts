/**
 * Golden bytes of federated.
 *
 * @module
 */
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { MESSAGE_TYPES, type MessageBody } from '../../../../nodes/federated/secagg/messages.ts';
import { encodeMessage } from '../../../../nodes/federated/secagg/wire.ts';
import { fill, type GoldenBytes } from '../../../../tools/golden/golden-bytes.ts';

const SESSION = fill(32, 11);

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const config = {
    ...{ random: fill(16, 5), round: 70_000, n: 300, k: 24, t: 17, m: 7_850, bits: 24 },
    mode: 'semi-honest',
    modelHash: fill(32, 77),
  } as const;
  const keys = { channelKey: fill(32, 1), maskKey: fill(32, 2) };
  const signature = fill(64, 3);
  const bodies: Readonly<Record<string, MessageBody>> = {
    invite: { type: MESSAGE_TYPES.invite, config },
    advertise: { type: MESSAGE_TYPES.advertise, index: 299, ...keys },
    advertiseSigned: { type: MESSAGE_TYPES.advertise, index: 3, ...keys, signature },
    roster: {
      type: MESSAGE_TYPES.roster,
      entries: [
        { index: 23, ...keys },
        { index: 24, channelKey: fill(32, 4), maskKey: fill(32, 6) },
      ],
    },
    shareKeys: { type: MESSAGE_TYPES.shareKeys, boxes: [{ index: 256, box: fill(88, 9) }] },
    forward: { type: MESSAGE_TYPES.forward, boxes: [{ index: 0, box: fill(88, 8) }] },
    maskedInput: { type: MESSAGE_TYPES.maskedInput, packed: fill(24, 12) },
    survivors: { type: MESSAGE_TYPES.survivors, survivors: [0, 23, 24, 255], lost: [256] },
    consistency: { type: MESSAGE_TYPES.consistency, signature },
    signatures: { type: MESSAGE_TYPES.signatures, signatures: [{ index: 2, signature }] },
    unmask: {
      type: MESSAGE_TYPES.unmask,
      shares: [
        { index: 5, kind: 'own', share: fill(32, 20) },
        { index: 1, kind: 'pair', share: fill(32, 21) },
      ],
    },
    done: { type: MESSAGE_TYPES.done, outcome: 'too-few', survivors: 250 },
  };
  return Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [name, toHex(encodeMessage(SESSION, body))]),
  );
}
