/**
 * The scenarios that cover the protocols: each shipped protocol is timed, whichever workload loads
 * the machine.
 *
 * @module
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import { QUICK_PLAN } from '../../../../runner/calibration/batches.ts';
import { handlerTimingScenarios } from '../../../../runner/calibration/covering.ts';
import { measureHandlerCosts } from '../../../../runner/calibration/handler-costs.ts';
import { runVirtualForKnee } from '../../../../runner/calibration/knee.ts';
import {
  type MeasuredOperation,
  operationBenchmarks,
} from '../../../../runner/calibration/operations.ts';
import {
  FAILOVER_WORKLOAD,
  ONE_MIX_WORKLOAD,
  WORKLOADS,
} from '../../../../runner/calibration/workloads.ts';
import { loadScenario } from '../../../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../../../scenarios/folders.ts';
import { nodeFiles } from '../../../../scenarios/open/node-files.ts';
import { shippedProtocols } from '../../../../scenarios/open/registry.ts';
import { cpuChoice, readProfile } from '../../../../scenarios/profiles/profile-file.ts';
import { counter, registry, run } from '../fixture.ts';
import { fixtureProfile, writeProfile } from './fixture.ts';

/** Kinds of calls that a protocol gets at least forty times in a calibration. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  bulk: ['datagram', 'request', 'timer'],
  'control-service': ['datagram', 'timer'],
  datagram: ['datagram', 'request'],
  dtn: ['datagram', 'request'],
  fabric: ['datagram', 'request', 'timer'],
  federated: ['datagram'],
  gateway: ['datagram', 'request', 'timer'],
  mixnet: ['datagram', 'request', 'timer'],
  ping: ['datagram', 'request'],
  scion: ['datagram', 'timer'],
  vault: ['datagram', 'timer'],
};

describe('the covering scenarios', () => {
  const groups = handlerTimingScenarios(registry, { isQuick: true });
  const costs: Record<string, MeasuredOperation> = {};
  for (const group of groups) {
    const found = measureHandlerCosts({ group, registry, crypto: {}, plan: QUICK_PLAN });
    for (const [name, cost] of Object.entries(found)) costs[name] ??= cost;
  }

  it.each(shippedProtocols().map(({ name }) => name))('time the code of %s', (protocol) => {
    for (const kind of KINDS[protocol] ?? ['datagram', 'request']) {
      const cost = costs[`handler.${protocol}.${kind}`];
      expect(cost?.alone.ns, `handler.${protocol}.${kind}`).toBeGreaterThan(0);
      expect(cost?.lane).toBe('data');
    }
  });

  it('time a carrier apart from what it carries', () => {
    // A datagram of fabric is a datagram of its carrier first; fabric does far more with it.
    const [carrier, above] = ['datagram', 'fabric'].map(
      (name) => costs[`handler.${name}.datagram`]?.alone.ns ?? 0,
    );
    expect(above).toBeGreaterThan(2 * (carrier ?? Number.NaN));
  });

  it('leave out the workload that loads the machine, which is timed already', () => {
    const namesOf = (loading: typeof FAILOVER_WORKLOAD): readonly (string | undefined)[] =>
      handlerTimingScenarios(registry, { isQuick: true, loading }).map((group) => group[0]?.name);
    expect(namesOf(FAILOVER_WORKLOAD)).not.toContain('failover');
    expect(namesOf(FAILOVER_WORKLOAD)).toContain('one-mix');
    expect(namesOf(ONE_MIX_WORKLOAD)).not.toContain('one-mix');
    expect(namesOf(ONE_MIX_WORKLOAD)).toContain('failover');
  });
});

describe('a workload', () => {
  it.each(Object.entries(WORKLOADS))('%s carries the rate that it is given', (_, workload) => {
    const asked = 2 * workload.easyRate;
    const scenario = loadScenario({
      path: workload.file,
      folders: SHIPPED_FILE_FOLDERS,
      registry,
      overrides: {
        ...workload.changesAt(asked),
        ...{ events: '[]', kpis: '{}', warmup: '2s', 'traffic.0.start': '1s', duration: '4s' },
      },
    });
    const result = run(scenario);
    const name = Object.keys(result.metrics).find((one) => one.endsWith('.throughput')) ?? '';
    const rate = counter(result, name) / 2;
    expect(rate).toBeGreaterThan(0.9 * asked);
    expect(rate).toBeLessThan(1.1 * asked);
  });
});

describe('a run of one mix', () => {
  it('has the latency of messages, which is the delay of three hops and a retrieval', () => {
    const { file, changesAt, easyRate } = ONE_MIX_WORKLOAD;
    const scenario = loadScenario({
      path: file,
      folders: SHIPPED_FILE_FOLDERS,
      registry,
      overrides: { ...changesAt(easyRate), warmup: '2s', duration: '6s' },
    });
    const cpu = cpuChoice(readProfile(nodeFiles, writeProfile(fixtureProfile(1e-3))), 'one');
    const { delivery, latencyP50Ns } = runVirtualForKnee(scenario, easyRate, { cpu, registry });
    expect(delivery).toBe(1);
    // Three exponential delays of 10 ms have a median of 27 ms, half a retrieval takes 67 ms.
    expect(latencyP50Ns).toBeGreaterThan(60e6);
    expect(latencyP50Ns).toBeLessThan(140e6);
  });
});

describe('the benchmarks of primitives', () => {
  it('are those that runs are charged, and no others', () => {
    const source = readFileSync('engine/net/charged-crypto.ts', 'utf8');
    const named = [...source.matchAll(/chargeCrypto\('(\w+)'/g)].map(([, name]) => name);
    // Running hashes are charged by the name of their function and the call.
    const hashes = [...source.matchAll(/chargedHash\('(\w+)'/g)].map(([, name]) => name);
    expect(hashes).toHaveLength(4);
    const charged = [...named, ...hashes.flatMap((name) => [`${name}Update`, `${name}Digest`])];
    const measured = operationBenchmarks(createCryptoProvider('noble')).map(({ name }) => name);
    const primitives = measured.filter((name) => name.startsWith('crypto.'));
    expect(primitives.sort()).toEqual([...new Set(charged)].map((one) => `crypto.${one}`).sort());
  });
});
