/**
 * A network that a user's module generates is the same in virtual time and on real sockets: nodes,
 * options and links.
 *
 * @module
 */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { judgeRun } from '../../reports/judge.ts';
import { makeJudgeInput } from '../../runner/run/run-order.ts';
import { runSeed } from '../../runner/run/run-seed.ts';
import { loadScenario } from '../../scenarios/files/load.ts';
import { SHIPPED_FILE_FOLDERS } from '../../scenarios/folders.ts';
import { PORT_BLOCK } from '../port-block.ts';
import { live, orderOf, registry } from './on-sockets.ts';

const FILE = fileURLToPath(new URL('../fixtures/rounds/rounds.yaml', import.meta.url));

it('delivers in both worlds over the links that the generator drew', async () => {
  await registry.loadNamedBy(FILE, SHIPPED_FILE_FOLDERS);
  const overrides = {
    duration: '2s',
    // A village has one link, to a town that the seed draws.
    traffic: '[{ from: village-1, to: TOWN, kind: constant, rate: 20/s, size: 100B }]',
    'topology.addressPlan': 'ports',
    'topology.portBase': PORT_BLOCK,
  };
  const load = (town: string): ReturnType<typeof loadScenario> => {
    const traffic = overrides.traffic.replace('TOWN', town);
    const set = { ...overrides, traffic };
    return loadScenario({ path: FILE, folders: SHIPPED_FILE_FOLDERS, overrides: set, registry });
  };
  const drawn = load('town-1').topology.links.find(({ a }) => a.host === 'village-1');
  const scenario = load(drawn?.b.host ?? '');
  const inSim = judgeRun(
    makeJudgeInput(orderOf(scenario), [runSeed({ scenario, registry, seed: 1 })], 1),
  );
  const inLive = await live(scenario);
  for (const report of [inSim, inLive]) {
    expect(report.metrics['rounds.delivery']?.value, report.mode).toBe(1);
    expect(report.packets.sent, report.mode).toBeGreaterThan(60);
  }
  expect(inLive.mode).toBe('live');
});
