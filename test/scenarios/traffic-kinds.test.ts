/**
 * A run with each kind of traffic: its end asserts that every message is accounted for
 * (docs/spec/message-accounts.md). A kind that is missing here does not compile.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TrafficInput } from '../../scenarios/files/traffic-schema.ts';
import { loadText, run } from '../unit/runner/fixture.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-traffic-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const BASE = `
name: traffic
topology:
  name: pair
  defaults: { node: { run: bulk }, link: { rate: 10Mbit/s, delay: 5ms } }
  nodes: [{ name: alice }, { name: bob }]
  links: [{ ends: alice <-> bob }]
duration: 3s
traffic:
`;
const ENDS = 'from: alice, to: bob';
const ENTRIES: Readonly<Record<TrafficInput['kind'], string>> = {
  constant: `${ENDS}, size: 100B, rate: 100/s`,
  poisson: `${ENDS}, size: 100B, rate: 100/s`,
  ip: `${ENDS}, size: 100B, rate: 100/s, version: ipv6`,
  'on-off': `${ENDS}, size: 100B, rate: 100/s, on: 300ms, off: 200ms`,
  trace: `${ENDS}, file: ${fileOf('trace.csv', '0.1,100\n0.2,90\n1.5,80\n')}`,
  flows: `file: ${fileOf('flows.csv', '0.1,alice,bob,100\n0.3,bob,alice,90\n')}`,
  'request-response': `${ENDS}, size: 100B, rate: 50/s, response: 200B`,
  file: `${ENDS}, size: 1000B, bytes: 20kB`,
  // Questions are no messages, so there is another flow.
  asks: `nodes: "*", ask: status, rate: 10/s }\n  - { kind: constant, ${ENDS}, size: 100B, rate: 9/s`,
};

describe('every message is accounted for', () => {
  it.each(Object.entries(ENTRIES))('of traffic of the kind %s', (kind, entry) => {
    const scenario = loadText(`${BASE}  - { kind: ${kind}, ${entry} }\n`);
    const { messages, metrics } = run(scenario);
    expect(messages?.delivered).toBeGreaterThan(0);
    const asked = kind === 'asks' ? { numerator: 29, denominator: 29 } : undefined;
    expect(metrics['ask.ok']).toEqual(asked && { kind: 'ratio', ...asked });
  });
});
