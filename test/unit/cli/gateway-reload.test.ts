/** A gateway's file that is read again while the gateway runs. */
import { expect, it } from 'vitest';
import { GatewayFileReloader, type GatewayFiles } from '../../../cli/gateway-reload.ts';
import type { ChangeNodeOptions } from '../../../cli/node-reload.ts';
import { gatewayTomlSchema } from '../../../nodes/gateway/index.ts';
import type { ReloadResult } from '../../../services/operator/index.ts';
import { readToml } from '../../../topologies/files/toml.ts';
import type { Topology } from '../../../topologies/model.ts';
import { keptLog } from '../services/operator/fake-face.ts';

const START = '[orrery]\ntopology = "net.yaml"\nnode = "g"\n';

/** A gateway that runs with {@link START}, and what it is given. */
function running(
  outcome: 'ok' | 'bad-options' | 'not-there' = 'ok',
  renew = (): void => undefined,
): {
  reread: (text: string, sha256?: string) => ReloadResult;
  given: Readonly<Record<string, unknown>>[];
  lines: readonly Readonly<Record<string, unknown>>[];
  debug: () => void;
} {
  const given: Readonly<Record<string, unknown>>[] = [];
  const { log, lines } = keptLog();
  const hosts = [{ name: 'g', options: {} }];
  const filesOf = (text: string, sha256: string): GatewayFiles => ({
    file: readToml('g.toml', text, gatewayTomlSchema),
    topology: { hosts, sha256 } as unknown as Topology,
  });
  let next = (): GatewayFiles => filesOf(START, 'one');
  const reloader = new GatewayFileReloader(
    next(),
    () => next(),
    (topology, { options }) => ({
      ...topology,
      hosts: topology.hosts.map((host) => ({ ...host, options })),
    }),
    renew,
  );
  const change: ChangeNodeOptions = (_, options) => {
    if (outcome === 'ok') given.push(options);
    return outcome === 'not-there' ? undefined : { outcome, applied: [], needsRestart: [] };
  };
  return {
    reread: (text, sha256 = 'one'): ReloadResult => {
      next = (): GatewayFiles => filesOf(text, sha256);
      return reloader.reread(log, change);
    },
    ...{ given, lines, debug: (): void => log.component('gateway').debug('seen') },
  };
}

it('gives the node its options, changes the levels, and names what waits', () => {
  const { reread, given, lines, debug } = running();
  debug();
  const text = `${START}log = "debug"\n[multipath]\nmin_paths = 3\n[htx]\nmax_connections = 9\n`;
  expect(reread(text, 'other')).toEqual({
    applied: ['multipath.min_paths: 1 -> 3', 'orrery.log: "info" -> "debug"'],
    needsRestart: ['htx.max_connections', 'net.yaml: changed'],
  });
  debug();
  expect(given).toMatchObject([{ multipath: { minPaths: 3 } }]);
  expect(lines.map(({ message }) => message)).toEqual(['seen']);
  expect(reread(text).applied).toEqual([]);
});

it('takes the certificates again, unless the file has mistakes', () => {
  let count = 0;
  const { reread } = running('ok', () => {
    count += 1;
  });
  reread(START);
  expect(count).toBe(1);
  reread(`${START}nonsense`);
  expect(count).toBe(1);
  const gone = (): never => {
    throw new Error('ENOENT');
  };
  expect(running('ok', gone).reread(START)).toMatchObject({ applied: [], error: 'ENOENT' });
});

it('changes nothing for a file with mistakes, and names each with its place', () => {
  const { reread, given, lines, debug } = running();
  const { applied, needsRestart, error } = reread(
    `${START}log = "debug"\n[multipath]\nmin_paths = 0\nmax_path = 3\n`,
  );
  expect([applied, needsRestart, given]).toEqual([[], [], []]);
  expect(error).toMatch(/g\.toml:6:13/);
  expect(error).toMatch(/g\.toml:7:1/);
  debug();
  expect(lines).toEqual([]);
  expect(reread(`${START}\nlog = "debug`).error).toMatch(/g\.toml:5:7/);
});

it('changes nothing for a node that does not run yet, or refuses its options', () => {
  const text = `${START}[multipath]\nmin_paths = 3\n`;
  expect(running('not-there').reread(text)).toMatchObject({
    applied: [],
    error: 'g does not run yet',
  });
  const refusing = running('bad-options').reread(text);
  expect(refusing).toMatchObject({ applied: [], error: 'g refuses its options' });
});
