/**
 * Six throw-away nodes that use only the port, in both worlds.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ComputePool } from '../../engine/live/compute-pool.ts';
import { accountCases } from './port/account-cases.ts';
import { type Driver, liveDriver, simDriver } from './port/drivers.ts';
import { nodeCases } from './port/node-cases.ts';

/** Runs a case; one that fails leaves no socket behind for the next one. */
async function runIn(driver: Driver, run: (driver: Driver) => Promise<void>): Promise<void> {
  await run(driver).catch(async (error: unknown) => {
    await driver.close().catch(() => undefined);
    throw error;
  });
}

const compute = new ComputePool(2);
const modules = nodeCases
  .filter(({ protocol }) => Object.keys(protocol.jobs).length > 0)
  .map(({ protocol }) => protocol.moduleUrl);
beforeAll(() => compute.warm(modules));
afterAll(() => compute.close());

describe('throw-away nodes in sim', () => {
  for (const { id, says, run } of nodeCases) {
    it(`${id}: ${says}`, () => runIn(simDriver(), run));
  }
});

describe('throw-away nodes in live', () => {
  for (const { id, says, run, protocol } of nodeCases) {
    const moduleOf = (): string => protocol.moduleUrl;
    it(`${id}: ${says}`, () => runIn(liveDriver({ compute, moduleOf }), run));
  }
});

describe('what nodes tell for an account of messages, and of their end', () => {
  for (const { id, says, run } of accountCases) {
    it(`${id} in sim: ${says}`, () => runIn(simDriver(), run));
    it(`${id} in live: ${says}`, () =>
      runIn(liveDriver({ compute, moduleOf: () => undefined }), run));
  }
});

it('the throw-away nodes import the port and the kit, and nothing else', () => {
  const folder = new URL('../fixtures/nodes/', import.meta.url);
  for (const name of readdirSync(folder)) {
    const source = readFileSync(new URL(name, folder), 'utf8');
    const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, path]) => path);
    expect(imported.length, name).toBeGreaterThan(0);
    for (const path of imported) {
      expect(path, name).toMatch(/^\.\.\/\.\.\/\.\.\/(engine\/host|nodes\/_kit)\//);
    }
  }
});
