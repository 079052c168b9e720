/**
 * A Prometheus scrapes two gateways and evaluates the shipped alerts. It is on the path, or where .ci/run unpacks it from
 * Debian's package `prometheus`.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../tools/free-port.ts';
import { ROOT } from '../architecture/files.ts';
import { type GatewayPair, startGatewayPair } from './gateway-pair.ts';
import { cleanUp, folder } from './support.ts';

const PROGRAMS = [join(ROOT, 'node_modules/.cache/prometheus/usr/bin/prometheus'), 'prometheus'];
const prometheus = PROGRAMS.find((program) => spawnSync(program, ['--version']).status === 0);
const WITHOUT = prometheus === undefined ? ' (it is missing: apt-get install prometheus)' : '';
const PATIENCE = { timeout: 60_000, interval: 200 };

interface Said {
  readonly activeTargets: readonly { readonly health: string; readonly lastError: string }[];
  readonly groups: readonly {
    readonly rules: readonly { name: string; health: string; lastError?: string }[];
  }[];
}

describe.skipIf(prometheus === undefined)(`R-068 a Prometheus${WITHOUT}`, () => {
  let pair: GatewayPair | undefined;
  let server: ChildProcess | undefined;
  let api: string;

  beforeAll(async () => {
    pair = await startGatewayPair(300);
    const port = await freePort();
    const targets = pair.gateways.map(({ operator }) => `127.0.0.1:${operator}`);
    const config = join(folder, 'prometheus.yaml');
    writeFileSync(
      config,
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [join(ROOT, 'docs/deploy/prometheus-alerts.yaml')],
        scrape_configs: [{ job_name: 'gateways', static_configs: [{ targets }] }],
      }),
    );
    server = spawn(
      ...([
        prometheus ?? '',
        [
          ...[`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'tsdb')}`],
          `--web.listen-address=127.0.0.1:${port}`,
        ],
        { stdio: 'ignore' },
      ] as const),
    );
    api = `http://127.0.0.1:${port}/api/v1`;
  }, 150_000);

  afterAll(() => {
    server?.kill('SIGKILL');
    pair?.close();
    cleanUp();
  });

  async function ask(path: string): Promise<Partial<Said>> {
    const response = await fetch(`${api}/${path}`).catch(() => undefined);
    if (response?.status !== 200) return {};
    return ((await response.json()) as { data: Said }).data;
  }

  it('finds both gateways up', async () => {
    const targets = async (): Promise<unknown> =>
      (await ask('targets')).activeTargets?.map(({ health, lastError }) => [health, lastError]);
    await expect.poll(targets, PATIENCE).toEqual(Array(2).fill(['up', '']));
  });

  it('evaluates the eleven alerts without an error', async () => {
    const rules = async (): Promise<readonly unknown[]> => {
      const all = ((await ask('rules')).groups ?? []).flatMap(({ rules: own }) => own);
      const well = all.filter(({ health, lastError = '' }) => health === 'ok' && lastError === '');
      return [new Set(all.map(({ name }) => name)).size, well.length === all.length];
    };
    await expect.poll(rules, PATIENCE).toEqual([11, true]);
  });
});
