import { describe, expect, it } from 'vitest';
import { parseProtocolName } from '../../../../nodes/noise/index.ts';
import { findPattern } from '../../../../nodes/noise/patterns.ts';
import { alice, bob, run } from './support.ts';

const ONE_WAY = ['N', 'K', 'X'];
const INTERACTIVE = 'NN NK NX XN XK XX KN KK KX IN IK IX X1K IK1'.split(' ');
const MODIFIED =
  'Npsk0 Kpsk0 Xpsk1 NNpsk0 NNpsk2 NKpsk0 XXpsk3 XXpsk0+psk3 IKpsk1 IKpsk2 X1Kpsk4'.split(' ');
const CIPHERS = ['ChaChaPoly', 'AESGCM'] as const;
const HASHES = ['SHA256', 'SHA512', 'BLAKE2s', 'BLAKE2b'] as const;

function agrees(protocol: NonNullable<ReturnType<typeof parseProtocolName>>): void {
  const [initiator, responder] = [alice(protocol), bob(protocol)];
  run(initiator, responder);
  expect(responder.isComplete).toBe(true);
  const [a, b] = [initiator.finish(), responder.finish()];
  expect(a.handshakeHash).toEqual(b.handshakeHash);
  expect(a.sendKey).toEqual(b.receiveKey);
  const payload = Uint8Array.of(1, 2, 3);
  expect(b.transport().decrypt(a.transport().encrypt(payload))).toEqual({ payload });
}

describe('Noise patterns', () => {
  it.each([...ONE_WAY, ...INTERACTIVE, ...MODIFIED])('%s: both sides agree', (pattern) => {
    agrees({ pattern, cipher: 'ChaChaPoly', hash: 'SHA256' });
  });

  it.each(CIPHERS.flatMap((cipher) => HASHES.map((hash) => [cipher, hash] as const)))(
    'both sides agree with %s and %s',
    (cipher, hash) => agrees({ pattern: 'XXpsk3', cipher, hash }),
  );

  it('puts psk0 before the first message and pskN behind the Nth (section 9.4)', () => {
    expect(findPattern('XXpsk0+psk3')).toEqual({
      initiatorPre: [],
      responderPre: [],
      messages: [
        ['psk', 'e'],
        ['e', 'ee', 's', 'es'],
        ['s', 'se', 'psk'],
      ],
      pskCount: 2,
    });
  });

  it('begins every pattern with a key of its own and mixes no key that nobody has', () => {
    for (const name of [...ONE_WAY, ...INTERACTIVE]) {
      const { messages } = findPattern(name)!;
      expect(messages[0]![0]).toBe('e');
      if (messages.length > 1) expect(messages[1]!.slice(0, 2)).toEqual(['e', 'ee']);
    }
  });

  it('does not know patterns and modifiers that do not exist', () => {
    const unknown = ['', 'ZZ', 'IKpsk3', 'IKpsk2+psk1', 'IKpsk1+psk1', 'IKfallback', 'toString'];
    for (const name of unknown) expect(findPattern(name)).toBeUndefined();
  });

  it('reads protocol names (section 8) and refuses what it does not speak', () => {
    expect(parseProtocolName('Noise_IKpsk2_25519_AESGCM_BLAKE2b')).toEqual({
      pattern: 'IKpsk2',
      cipher: 'AESGCM',
      hash: 'BLAKE2b',
    });
    const refused = [
      'Noise_IK_448_ChaChaPoly_SHA256',
      'Noise_ZZ_25519_ChaChaPoly_SHA256',
      'Noise_NNhfs_25519+448_ChaChaPoly_SHA256',
      'Noise_IK_25519_ChaChaPoly_SHA1',
      'noise_IK_25519_ChaChaPoly_SHA256',
      'Noise_IK_25519_ChaChaPoly_SHA256_',
    ];
    for (const name of refused) expect(parseProtocolName(name)).toBeUndefined();
  });
});
