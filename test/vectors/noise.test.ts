/**
 * The published handshake vectors of the Noise protocol framework (cacophony): every message of
 * both sides, the handshake hash, and the transport messages that follow.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createCryptoProvider, hasSodium } from '../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import {
  type Handshake,
  type NoiseTransport,
  parseProtocolName,
  startInitiator,
  startResponder,
} from '../../nodes/noise/index.ts';
import { itWhole, vectorSets } from '../vectors-root.ts';

interface NoiseVector {
  readonly protocol_name: string;
  readonly init_prologue: string;
  readonly init_psks?: readonly string[];
  readonly init_static?: string;
  readonly init_ephemeral: string;
  readonly init_remote_static?: string;
  readonly resp_prologue: string;
  readonly resp_psks?: readonly string[];
  readonly resp_static?: string;
  readonly resp_ephemeral: string;
  readonly resp_remote_static?: string;
  readonly handshake_hash: string;
  readonly messages: readonly { readonly payload: string; readonly ciphertext: string }[];
}

/** From the vectors of cacophony, as `tests/vectors/cacophony.txt` of mcginty/snow has them. */
const FIGURES: readonly NoiseVector[] = [
  {
    protocol_name: 'Noise_NN_25519_ChaChaPoly_BLAKE2s',
    init_prologue: '4a6f686e2047616c74',
    init_ephemeral: '893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a',
    resp_prologue: '4a6f686e2047616c74',
    resp_ephemeral: 'bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b',
    handshake_hash: 'a621e3943a29c1d984b43727697fbec096107d0b569031ac7e0f1131de19f4f4',
    messages: [
      {
        payload: '4c756477696720766f6e204d69736573',
        ciphertext:
          'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c756477696720766f6e204d' +
          '69736573',
      },
      {
        payload: '4d757272617920526f746862617264',
        ciphertext:
          '95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843ff34a6759d06e7733c83aeb5' +
          '556c15bc762b664b3ba0556b1e7eaea4168bb6',
      },
      {
        payload: '462e20412e20486179656b',
        ciphertext: '79285da88da3535f52b07b70006c85706de7ddb1fd3dddac995b7e',
      },
      {
        payload: '4361726c204d656e676572',
        ciphertext: 'ffdad3a7f0db4c39077f223659c5c1d107666405566ecdf4ab53bf',
      },
      {
        payload: '4a65616e2d426170746973746520536179',
        ciphertext: '2b9801f5084b9a7e9df57382fb4af099a63cd8ff97bc3284c4c5f28994be58ae46',
      },
      {
        payload: '457567656e2042f6686d20766f6e2042617765726b',
        ciphertext: '6c94a97c5de175c870fb9e8d5c50c59d20752b0695baf24e151011ee46a184a65b444e9d97',
      },
    ],
  },
  {
    protocol_name: 'Noise_IKpsk2_25519_ChaChaPoly_SHA256',
    init_prologue: '4a6f686e2047616c74',
    init_psks: ['54686973206973206d7920417573747269616e20706572737065637469766521'],
    init_static: 'e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1',
    init_ephemeral: '893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a',
    init_remote_static: '31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62',
    resp_prologue: '4a6f686e2047616c74',
    resp_psks: ['54686973206973206d7920417573747269616e20706572737065637469766521'],
    resp_static: '4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893',
    resp_ephemeral: 'bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b',
    handshake_hash: '8310f86394dc0dabb40beb8210031556db4403ab1202db7034c526232147a700',
    messages: [
      {
        payload: '4c756477696720766f6e204d69736573',
        ciphertext:
          'ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79442ec9b09893d0f510791784c1' +
          '0cbc959f25b1766e0def6e301d14fbca1c7790ac829b8b3674f5f649a5f0e98479662cbfbf2b2c47cd4b09fc' +
          'd266cd29d7cb675f1808849707847840f6d178ec4d3733aa',
      },
      {
        payload: '4d757272617920526f746862617264',
        ciphertext:
          '95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f1448088439a1b3cebf680b2c74217fcb5' +
          'eba4ff58a9468cd90c4aca6194f57479b379a7',
      },
      {
        payload: '462e20412e20486179656b',
        ciphertext: 'a8fde7a0accec190cd306c5950d4fd8e04a205ec288aa747d8b347',
      },
      {
        payload: '4361726c204d656e676572',
        ciphertext: '59caddd9984a3bbe24c4fb31a2bd455b7eba3fa0980674b1a3a5f9',
      },
      {
        payload: '4a65616e2d426170746973746520536179',
        ciphertext: '3b9bfebd210c22ba0cff9de79b4007d7a552fffbf92616881faa8a883e25b80258',
      },
      {
        payload: '457567656e2042f6686d20766f6e2042617765726b',
        ciphertext: 'f37512df1043d564d7c46ac85c53d3b6a9a05724bc297e7142808f217561651217fe85b782',
      },
    ],
  },
];

function optional(name: string, value: string | undefined): Record<string, Uint8Array> {
  return value === undefined ? {} : { [name]: fromHex(value) };
}

function sides(
  crypto: CryptoProvider,
  vector: NoiseVector,
): { initiator: Handshake; responder: Handshake } {
  const protocol = parseProtocolName(vector.protocol_name)!;
  expect(protocol).toBeDefined();
  const initiator = startInitiator({
    crypto,
    ...protocol,
    prologue: fromHex(vector.init_prologue),
    preSharedKeys: (vector.init_psks ?? []).map(fromHex),
    ...optional('staticSecret', vector.init_static),
    ...optional('ephemeralSecret', vector.init_ephemeral),
    ...optional('remoteStatic', vector.init_remote_static),
  });
  const responder = startResponder({
    crypto,
    ...protocol,
    prologue: fromHex(vector.resp_prologue),
    preSharedKeys: (vector.resp_psks ?? []).map(fromHex),
    ...optional('staticSecret', vector.resp_static),
    ...optional('ephemeralSecret', vector.resp_ephemeral),
    ...optional('remoteStatic', vector.resp_remote_static),
  });
  return { initiator, responder };
}

/** Runs the handshake; returns the transports and the number of messages. */
function runHandshake(
  crypto: CryptoProvider,
  vector: NoiseVector,
): { transports: [NoiseTransport, NoiseTransport]; count: number } {
  const { initiator, responder } = sides(crypto, vector);
  let count = 0;
  while (!initiator.isComplete) {
    const { payload, ciphertext } = vector.messages[count]!;
    const [writer, reader] = initiator.isWriter ? [initiator, responder] : [responder, initiator];
    expect(toHex(writer.writeMessage(fromHex(payload)))).toBe(ciphertext);
    expect(reader.readMessage(fromHex(ciphertext))).toEqual({ payload: fromHex(payload) });
    count++;
  }
  expect(responder.isComplete).toBe(true);
  const keys = [initiator.finish(), responder.finish()] as const;
  for (const key of keys) expect(toHex(key.handshakeHash)).toBe(vector.handshake_hash);
  return { transports: [keys[0].transport(), keys[1].transport()], count };
}

function check(crypto: CryptoProvider, vector: NoiseVector): void {
  const { transports, count } = runHandshake(crypto, vector);
  expect(vector.messages.length).toBeGreaterThan(count);
  vector.messages.slice(count).forEach(({ payload, ciphertext }, index) => {
    // Messages continue to alternate after the handshake.
    const isInitiator = (count + index) % 2 === 0;
    const [writer, reader] = isInitiator ? transports : [transports[1], transports[0]];
    expect(toHex(writer.encrypt(fromHex(payload)))).toBe(ciphertext);
    expect(reader.decrypt(fromHex(ciphertext))).toEqual({ payload: fromHex(payload) });
  });
}

const providers: readonly (readonly [string, CryptoProvider])[] = [
  ['noble', createCryptoProvider('noble')],
  ['node for live', createCryptoProvider('node', { timing: 'constant' })],
  ['node for simulation', createCryptoProvider('node', { timing: 'simulation' })],
  ...(hasSodium() ? ([['sodium', createCryptoProvider('sodium')]] as const) : []),
];

const published = vectorSets('other/noise.json', FIGURES).flatMap(({ file }) => file);
const more = vectorSets<{ readonly cacophony: readonly NoiseVector[] }>(
  'circuits/noise-more.json',
  { cacophony: [] },
).flatMap(({ file }) => file.cacophony);

describe.each(providers)('Noise vectors of cacophony on %s', (_, crypto) => {
  it.each([...published, ...more].map((vector) => [vector.protocol_name, vector] as const))(
    'R-023: writes and reads every message of %s as published',
    (__, vector) => check(crypto, vector),
  );
});

itWhole('Noise is run with all seventeen open vectors', () => {
  expect(published.length + more.length).toBe(FIGURES.length + 17);
});
