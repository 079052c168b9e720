/**
 * The published handshake vectors of the Noise protocol framework (cacophony): every message of
 * both sides, the handshake hash, and the transport messages that follow.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { hasSodium, provider } from '../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../engine/host/crypto.ts';
import { fromHex, toHex } from '../../nodes/_kit/bytes.ts';
import {
  type Handshake,
  initiate,
  parseProtocolName,
  respond,
  type Transport,
} from '../../nodes/noise/index.ts';
import { hasVectors, vectors } from '../vectors-root.ts';

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

function optional(name: string, value: string | undefined): Record<string, Uint8Array> {
  return value === undefined ? {} : { [name]: fromHex(value) };
}

function sides(
  crypto: CryptoProvider,
  vector: NoiseVector,
): { initiator: Handshake; responder: Handshake } {
  const protocol = parseProtocolName(vector.protocol_name)!;
  expect(protocol).toBeDefined();
  const initiator = initiate({
    crypto,
    ...protocol,
    prologue: fromHex(vector.init_prologue),
    preSharedKeys: (vector.init_psks ?? []).map(fromHex),
    ...optional('staticSecret', vector.init_static),
    ...optional('ephemeralSecret', vector.init_ephemeral),
    ...optional('remoteStatic', vector.init_remote_static),
  });
  const responder = respond({
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
): { transports: [Transport, Transport]; count: number } {
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
  ['noble', provider('noble')],
  ['node for live', provider('node', { timing: 'constant' })],
  ['node for simulation', provider('node', { timing: 'simulation' })],
  ...(hasSodium() ? ([['sodium', provider('sodium')]] as const) : []),
];

describe.runIf(hasVectors).each(providers)('Noise vectors of cacophony on %s', (_, crypto) => {
  const published = hasVectors ? vectors<readonly NoiseVector[]>('other/noise.json') : [];
  const more = hasVectors
    ? vectors<{ readonly cacophony: readonly NoiseVector[] }>('circuits/noise-more.json').cacophony
    : [];
  it.each([...published, ...more].map((vector) => [vector.protocol_name, vector] as const))(
    'R-023: writes and reads every message of %s as published',
    (__, vector) => check(crypto, vector),
  );

  it('covers all seventeen open vectors', () => {
    expect(published.length + more.length).toBe(17);
  });
});
