/**
 * Keys and both sides of a handshake for the tests of `nodes/noise`.
 *
 * @module
 */
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import {
  type Handshake,
  type HandshakeOptions,
  type ParsedProtocolName,
  startInitiator,
  startResponder,
} from '../../../../nodes/noise/index.ts';
import { findPattern } from '../../../../nodes/noise/patterns.ts';

export const crypto = createCryptoProvider('node');

const secret = (fill: number): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, index) => (fill + 7 * index) & 0xff);

/** Secrets by owner; none of these byte sequences occurs in another value of a test. */
export const SECRETS = {
  aliceStatic: secret(11),
  aliceEphemeral: secret(58),
  bobStatic: secret(101),
  bobEphemeral: secret(176),
} as const;

export const IK: ParsedProtocolName = { pattern: 'IK', cipher: 'ChaChaPoly', hash: 'BLAKE2s' };

export const preSharedKeys = (count: number): readonly Uint8Array[] =>
  Array.from({ length: count }, (_, index) => secret(200 + 9 * index));

/** Settings that a test may change on one side. */
export interface SideChanges {
  readonly prologue?: Uint8Array;
  readonly remoteStatic?: Uint8Array;
  readonly preSharedKeys?: readonly Uint8Array[];
}

function options(
  protocol: ParsedProtocolName,
  isInitiator: boolean,
  changes: SideChanges,
): HandshakeOptions {
  const { initiatorPre, responderPre, messages, pskCount } = findPattern(protocol.pattern)!;
  const own = messages.filter((_, index) => (index % 2 === 0) === isInitiator).flat();
  const [ownPre, remotePre] = isInitiator
    ? [initiatorPre, responderPre]
    : [responderPre, initiatorPre];
  const { aliceStatic, aliceEphemeral, bobStatic, bobEphemeral } = SECRETS;
  const hasStatic = ownPre.length > 0 || own.includes('s');
  const remoteSecret = isInitiator ? bobStatic : aliceStatic;
  return {
    crypto,
    ...protocol,
    preSharedKeys: preSharedKeys(pskCount),
    ...(hasStatic ? { staticSecret: isInitiator ? aliceStatic : bobStatic } : {}),
    ...(own.includes('e') ? { ephemeralSecret: isInitiator ? aliceEphemeral : bobEphemeral } : {}),
    ...(remotePre.length > 0 ? { remoteStatic: crypto.x25519PublicKey(remoteSecret) } : {}),
    ...changes,
  };
}

export const alice = (protocol = IK, changes: SideChanges = {}): Handshake =>
  startInitiator(options(protocol, true, changes));

export const bob = (protocol = IK, changes: SideChanges = {}): Handshake =>
  startResponder(options(protocol, false, changes));

/** Runs a handshake with a payload in each message; returns the messages. */
export function run(initiator: Handshake, responder: Handshake): readonly Uint8Array[] {
  const messages: Uint8Array[] = [];
  while (!initiator.isComplete) {
    const [writer, reader] = initiator.isWriter ? [initiator, responder] : [responder, initiator];
    const payload = Uint8Array.of(messages.length, 1, 2);
    const message = writer.writeMessage(payload);
    const result = reader.readMessage(message);
    if ('failure' in result) throw new Error(`message ${messages.length}: ${result.failure}`);
    if (result.payload.join() !== payload.join()) throw new Error('another payload arrived');
    messages.push(message);
  }
  return messages;
}
