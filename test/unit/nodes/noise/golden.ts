/**
 * Golden bytes of Noise IK as the gateway uses it: both messages and the handshake hash.
 *
 * @module
 */
import { provider } from '../../../../engine/crypto/index.ts';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { startInitiator, startResponder } from '../../../../nodes/noise/index.ts';
import { fill, type GoldenBytes } from '../../../../tools/golden/golden-bytes.ts';

const crypto = provider('node');

/** See tools/golden/golden-bytes.ts. */
export function goldenBytes(): GoldenBytes {
  const responderStatic = fill(32, 40);
  const name = { pattern: 'IK', cipher: 'ChaChaPoly', hash: 'BLAKE2s' } as const;
  const prologue = fill(5, 1);
  const initiator = startInitiator({
    crypto,
    ...name,
    prologue,
    staticSecret: fill(32, 10),
    ephemeralSecret: fill(32, 20),
    remoteStatic: crypto.x25519PublicKey(responderStatic),
  });
  const responder = startResponder({
    crypto,
    ...name,
    prologue,
    staticSecret: responderStatic,
    ephemeralSecret: fill(32, 50),
  });
  const first = initiator.writeMessage(fill(7, 90));
  responder.readMessage(first);
  const second = responder.writeMessage(fill(3, 99));
  initiator.readMessage(second);
  const { handshakeHash } = initiator.finish();
  return { first: toHex(first), second: toHex(second), hash: toHex(handshakeHash) };
}
