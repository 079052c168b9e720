/**
 * Cost profiles: what is read, what is rejected and with which message, and that runs with a
 * profile are repeatable.
 *
 * @module
 */

import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { operationBenchmarks } from '../../../../runner/calibration/operations.ts';
import type { Scenario } from '../../../../scenarios/model.ts';
import { nodeFiles } from '../../../../scenarios/open/node-files.ts';
import {
  inPlaceOperationCosts,
  makeEngineCosts,
  readProfile,
} from '../../../../scenarios/profiles/profile-file.ts';
import { ConfigError } from '../../../../topologies/files/config-error.ts';
import { counter, load, report, run } from '../fixture.ts';
import { fixtureProfile, writeProfile } from './fixture.ts';

const SHORT = { duration: '2s', warmup: '0s', 'traffic.0.rate': '500/s', kpis: '{}' };

function issuesOf(content: string): readonly { path: string; message: string; line: number }[] {
  try {
    readProfile(nodeFiles, writeProfile(content));
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

describe('the shipped cost profile', () => {
  it('has a cost for every primitive that a calibration measures, and for no other', () => {
    const { profile } = readProfile(nodeFiles, 'scenarios/profiles/two-shared-cores.json');
    const isCrypto = (name: string): boolean => name.startsWith('crypto.');
    const measured = operationBenchmarks(createCryptoProvider('noble')).map(({ name }) => name);
    const listed = Object.keys(profile.operations).filter(isCrypto);
    expect(listed.sort()).toEqual(measured.filter(isCrypto).sort());
    for (const name of listed) {
      const { alone, inPlace } = profile.operations[name]!;
      expect(alone.ns + alone.nsPerByte, name).toBeGreaterThan(0);
      expect(inPlace, name).toEqual({
        ns: expect.closeTo(alone.ns * profile.inPlace.dataFactor, 1),
        nsPerByte: expect.closeTo(alone.nsPerByte * profile.inPlace.dataFactor, 2),
      });
    }
  });
});

describe('a cost profile', () => {
  it('is charged with its costs in place', () => {
    const costs = makeEngineCosts(fixtureProfile(), 'inPlace', 'file');
    expect(costs).toMatchObject({
      name: 'file',
      receive: { ns: 60_000, nsPerByte: 0.5 },
      timer: { ns: 1_000 },
      crypto: { seal: { ns: 5_000 } },
      handlers: { ping: { datagram: { ns: 20_000 }, request: { ns: 30_000 } } },
    });
    expect(makeEngineCosts(fixtureProfile(), 'alone', 'file').receive).toEqual({
      ns: 30_000,
      nsPerByte: 0,
    });
  });

  it('takes its costs in place from those alone, by the factor of the lane', () => {
    const { operations } = fixtureProfile();
    const placed = inPlaceOperationCosts(operations, { control: 3, data: 1.5 });
    expect(placed['timer']?.inPlace).toEqual({ ns: 1_500, nsPerByte: 0 });
    expect(placed['receive']?.inPlace).toEqual({ ns: 45_000, nsPerByte: 0 });
  });

  it('that does not fit is refused at its place, all mistakes at once', () => {
    const profile = fixtureProfile();
    const wrong = {
      ...profile,
      date: 'yesterday',
      operations: { ...profile.operations, send: { ...profile.operations['send'], lane: 'dat' } },
      receiveBuffer: [{ bytes: 100, datagrams: 0 }],
    };
    const issues = issuesOf(JSON.stringify(wrong, null, 1));
    expect(issues.map(({ path }) => path)).toEqual([
      'date',
      'operations.send.lane',
      'receiveBuffer[0].datagrams',
    ]);
    expect(issues[0]).toMatchObject({ line: 3, message: expect.stringContaining('"yesterday"') });
    expect(issues[1]?.message).toContain('expected one of control, data');
  });

  it('of another version, and a name that is no operation, are refused', () => {
    const profile = fixtureProfile();
    const [version] = issuesOf(JSON.stringify({ ...profile, profileVersion: 2 }));
    expect(version).toMatchObject({ path: 'profileVersion' });
    const operations = { ...profile.operations, recieve: profile.operations['receive'] };
    const [name] = issuesOf(JSON.stringify({ ...profile, operations }));
    expect(name).toMatchObject({ path: 'operations' });
    expect(issuesOf('{ "profileVersion": 1')).toHaveLength(1);
  });

  it('that is missing is named with the command that measures one', () => {
    expect(() => readProfile(nodeFiles, '/nowhere/calibration.json')).toThrow(
      /no \/nowhere\/calibration\.json.*npm run calibrate/,
    );
    expect(() => load('hello.yaml', { cpu: 'calibrated', cpuProfile: '/nowhere/x.json' })).toThrow(
      /npm run calibrate/,
    );
  });
});

describe('a run charged by a profile', () => {
  const charged = (path: string, more: Readonly<Record<string, string>> = {}): Scenario =>
    load('hello.yaml', { ...SHORT, cpu: 'calibrated', cpuProfile: path, ...more });

  it('has the same fingerprint with the same profile, and another with another', () => {
    const path = writeProfile(fixtureProfile());
    const [first, again] = [run(charged(path)), run(charged(path))];
    expect(again.fingerprint).toBe(first.fingerprint);
    expect(run(charged(writeProfile(fixtureProfile(1.5)))).fingerprint).not.toBe(first.fingerprint);
    const free = run(load('hello.yaml', SHORT));
    expect(run(load('hello.yaml', { ...SHORT, cpu: 'none' })).fingerprint).toBe(free.fingerprint);
    expect(free.fingerprint).not.toBe(first.fingerprint);
  });

  it('names profile, processor and date in its report, with the digest of the file', () => {
    const scenario = charged(writeProfile(fixtureProfile()));
    const made = report(scenario, [run(scenario)]);
    expect(made.cpu).toMatch(/^calibrated \(.*profile\.json, Test CPU, 2026-01-02\)$/);
    expect(made.cpuProfileSha256).toMatch(/^[0-9a-f]{64}$/);
    const free = load('hello.yaml', SHORT);
    expect(report(free, [run(free)])).toMatchObject({ cpu: 'not modelled' });
  });

  it('shares one core between all nodes when it is asked to, and saturates there first', () => {
    const path = writeProfile(fixtureProfile());
    // A ping and its answer take 0.27 ms in total, of which 0.15 ms is at the busier end.
    const rate = { 'traffic.0.rate': '8000/s', cpuMachines: 'topology' };
    const apart = counter(run(charged(path, rate)), 'ping.throughput');
    const one = counter(run(charged(path, { ...rate, cpuMachines: 'one' })), 'ping.throughput');
    expect(one).toBeGreaterThan(0);
    expect(one).toBeLessThan(0.8 * apart);
  });
});
