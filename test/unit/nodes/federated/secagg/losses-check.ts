/**
 * What a session may end in, whoever leaves: the sum of those who stayed, or an abort.
 *
 * @module
 */
import { expect } from 'vitest';
import { SECAGG_MESSAGE_TYPES } from '../../../../../nodes/federated/secagg/messages.ts';
import type { SecaggConfig } from '../../../../../nodes/federated/secagg/session-config.ts';
import { cachedCrypto } from './cached-crypto.ts';
import { stayers } from './leaving.ts';
import { CRYPTO, Session } from './session.ts';

const { advertise, shareKeys, maskedInput, consistency, unmask } = SECAGG_MESSAGE_TYPES;
const crypto = cachedCrypto(CRYPTO);

/** A session from which these leave. */
export function run(config: SecaggConfig, leaves: ReadonlyMap<number, number>): Session {
  return new Session({
    ...{ config, leaves, server: { crypto }, client: () => ({ crypto }) },
    crypto,
  }).run();
}

/** On a complete graph: a sum if and only if each phase has at least t answers. */
export function check(config: SecaggConfig, leaves: ReadonlyMap<number, number>): 'sum' | 'abort' {
  const phases: number[] = [advertise, shareKeys, maskedInput, unmask];
  if (config.mode === 'signed') phases.push(consistency);
  const isEnough = phases.every((type) => stayers(leaves, type).length >= config.t);
  const session = run(config, leaves);
  const plan = [...leaves.values()].join();
  expect(session.reasons('server'), plan).toEqual([]);
  expect(session.sum !== undefined, plan).toBe(isEnough);
  expect(session.aborted !== undefined, plan).toBe(!isEnough);
  if (!isEnough) {
    expect(session.aborted?.outcome).toBe('too-few');
    return 'abort';
  }
  const survivors = stayers(leaves, maskedInput);
  expect(session.sum?.survivors, plan).toEqual(survivors);
  expect(session.sum?.ring, plan).toEqual(session.sumOf(survivors));
  const sharers = stayers(leaves, shareKeys);
  expect(session.sum?.lost).toEqual(sharers.filter((index) => !survivors.includes(index)));
  return 'sum';
}
