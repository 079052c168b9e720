/**
 * docs/THREATS.md lists everything that opens a listening socket, and the defaults there are true.
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT, repositoryFiles } from '../architecture/files.ts';

const OPENS =
  /\bcreate(?:Secure)?Server\(|\.bindAsync\(|\bBoundUdpSocket\.bind\(|\bnew WebSocketServer\((?!\{\s*noServer)/;
const PRODUCT = /^(engine|nodes|topologies|scenarios|runner|reports|services|viz|lab|cli)\/.*\.ts$/;

const threats = readFileSync(join(ROOT, 'docs/THREATS.md'), 'utf8');
const section = threats.split('## Who listens where')[1]?.split('\n## ')[0] ?? '';
const rows = section.split('\n').filter((line) => /^\| [A-Z]/.test(line));

function sourceOf(row: string): string {
  return /`([^`]+\.ts)` \|$/.exec(row)?.[1] ?? '';
}

it('names every source that listens, and no other', () => {
  const opening = repositoryFiles()
    .filter(({ path, text }) => PRODUCT.test(path) && OPENS.test(text))
    .map(({ path }) => path);
  const named = rows.slice(1).map(sourceOf);
  expect([...new Set(named)].sort()).toEqual(opening);
});

it('says the defaults that the commands have', () => {
  const viz = readFileSync(join(ROOT, 'cli/viz.ts'), 'utf8');
  const [, port = ''] = /const PORT = ([\d_]+);/.exec(viz) ?? [];
  const [, host = ''] = /'--host <host>'.*'([\d.]+)'\)/.exec(viz) ?? [];
  expect(rows.find((row) => row.includes('`orrery viz`'))).toContain(
    `${host}:${port.replace('_', '')}`,
  );
  const daemon = readFileSync(join(ROOT, 'cli/daemon.ts'), 'utf8');
  const [, daemonPort = ''] = /const PORT = ([\d_]+);/.exec(daemon) ?? [];
  const [, daemonHost = ''] = /const HOST = '([\d.]+)';/.exec(daemon) ?? [];
  expect(rows.find((row) => row.includes('`orrery daemon`'))).toContain(
    `${daemonHost}:${daemonPort.replace('_', '')}`,
  );
  const watch = readFileSync(join(ROOT, 'cli/watch.ts'), 'utf8');
  expect(watch).toContain("const HOST = '127.0.0.1';");
  const operator = readFileSync(join(ROOT, 'services/operator/server.ts'), 'utf8');
  expect(operator).toContain("host = '127.0.0.1'");
});
