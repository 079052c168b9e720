/**
 * Golden bytes of Noise IK as the gateway uses it: both messages and the handshake hash.
 *
 * @module
 */
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { startInitiator, startResponder } from '../../../../nodes/noise/index.ts';
import { type GoldenBytes, patternBytes } from '../../../../tools/golden/golden-bytes.ts';

const crypto = createCryptoProvider('node');

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const responderStatic = patternBytes(32, 40);
  const name = { pattern: 'IK', cipher: 'ChaChaPoly', hash: 'BLAKE2s' } as const;
  const prologue = patternBytes(5, 1);
  const initiator = startInitiator({
    crypto,
    ...name,
    prologue,
    staticSecret: patternBytes(32, 10),
    ephemeralSecret: patternBytes(32, 20),
    remoteStatic: crypto.x25519PublicKey(responderStatic),
  });
  const responder = startResponder({
    crypto,
    ...name,
    prologue,
    staticSecret: responderStatic,
    ephemeralSecret: patternBytes(32, 50),
  });
  const first = initiator.writeMessage(patternBytes(7, 90));
  responder.readMessage(first);
  const second = responder.writeMessage(patternBytes(3, 99));
  initiator.readMessage(second);
  const { handshakeHash } = initiator.finish();
  return { first: toHex(first), second: toHex(second), hash: toHex(handshakeHash) };
}
