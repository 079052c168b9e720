/**
 * Every shipped protocol runs from the same files in virtual time and on real sockets, and is
 * judged by the same KPIs. The runs are short and slow, so that a busy machine only affects
 * delays.
 *
 * @module
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeRun } from '../../reports/judge.ts';
import type { Report } from '../../reports/report-schema.ts';
import { makeJudgeInput } from '../../runner/run/run-order.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import type { Scenario } from '../../scenarios/model.ts';
import type { LiveCase } from './live-case.ts';
import { live, orderOf, registry } from './on-sockets.ts';

const CASES_FOLDER = new URL('live-cases/', import.meta.url);

/** One file for each, found by its name. */
const CASES: readonly LiveCase[] = await Promise.all(
  readdirSync(CASES_FOLDER)
    .sort()
    .map(async (name) => {
      const module = await import(new URL(name, CASES_FOLDER).href);
      return (module as { readonly liveCase: LiveCase }).liveCase;
    }),
);

/**
 * Addresses derived from the number of this process, so that other live runs on this machine use
 * others.
 */
const block = `127.${60 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-live-'));
  for (const name of readdirSync('topologies').filter((one) => one.endsWith('.yaml'))) {
    let next = 4;
    const text = readFileSync(join('topologies', name), 'utf8');
    const placed = text.replace(/^( {2}- \{ name: [\w-]+,)/gm, (start) => {
      next += 1;
      return `${start} address: ${block}.${next},`;
    });
    writeFileSync(join(folder, name), placed);
  }
  for (const { file, text } of CASES) {
    if (text === undefined) continue;
    // Otherwise the shipped scenario would run, with hosts and time of its own.
    expect(existsSync(join('scenarios', file)), file).toBe(false);
    writeFileSync(join(folder, file), text.replaceAll('BLOCK', block));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function load({ file, set }: LiveCase): Scenario {
  const folders = { scenarios: 'scenarios', topologies: folder };
  const path = existsSync(join('scenarios', file)) ? file : join(folder, file);
  return loadScenario({ path, folders, overrides: set, registry });
}

function virtual(scenario: Scenario): Report {
  return judgeRun(makeJudgeInput(orderOf(scenario), [runSeed({ scenario, registry, seed: 1 })], 1));
}

type Limit = Record<'metric' | 'aggregation' | 'limitText', string>;
const kpisOf = ({ kpis }: { readonly kpis: readonly Limit[] }): readonly string[] =>
  kpis.map(({ metric, aggregation, limitText }) => `${metric} ${aggregation} ${limitText}`);

describe('R-234: the same files in both worlds', () => {
  it('hold for every shipped protocol', () => {
    expect(CASES.flatMap(({ protocols }) => protocols).sort()).toEqual([...registry.names].sort());
  });

  it.each(CASES.map((one) => [one.file, one] as const))('%s', async (_file, one) => {
    const scenario = load(one);
    const [inSim, inLive] = [virtual(scenario), await live(scenario)];
    expect(inLive.mode).toBe('live');
    // Limits that a file gives for virtual time alone are not asked of this machine.
    const kpis = scenario.kpis.filter(({ onlyVirtual }) => onlyVirtual !== true);
    expect(kpisOf(inLive)).toEqual(kpisOf({ kpis }));
    expect(kpisOf(inSim)).toEqual(kpisOf(scenario));
    for (const report of [inSim, inLive]) {
      expect(report.metrics[one.delivery]?.value, report.mode).toBeGreaterThanOrEqual(0.99);
      expect(report.invariants.filter(({ pass }) => !pass)).toEqual([]);
      for (const counter of one.counted ?? []) {
        expect(report.metrics[counter]?.value, `${report.mode} ${counter}`).toBeGreaterThan(5);
      }
    }
    expect(inLive.kpis.every(({ clock }) => clock === 'wall')).toBe(true);
    // Regression: a connection that was ended and then reset kept its handle, and with it the
    // process, forever.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(process.getActiveResourcesInfo().filter((kind) => /^TCP/.test(kind))).toEqual([]);
  });
});
