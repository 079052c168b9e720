import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toHex } from '../../../../nodes/_kit/bytes.ts';
import { publicKeyOf } from '../../../../runner/distributed/channel/handshake.ts';
import {
  type Deployment,
  type KeyHolder,
  loadDeployment,
  makeKeys,
} from '../../../../runner/distributed/deployment/deployment.ts';
import { newKeyFile } from '../../../../runner/distributed/deployment/deployment-key.ts';
import { parseLogLevels } from '../../../../services/operator/index.ts';
import { schemaTexts } from '../../../../tools/schemas.ts';
import {
  ConfigError,
  type ConfigIssue,
  formatIssue,
} from '../../../../topologies/files/config-error.ts';
import { loadTopology } from '../../../../topologies/load.ts';
import type { Topology } from '../../../../topologies/model.ts';
import { FileFolder, marked, registry } from '../../../bad-files/fixture.ts';
import type { BadFile } from '../../../bad-files/row.ts';

const files = new FileFolder();
afterAll(() => files.remove());

const KEY_HEX = '00112233445566778899aabbccddeeff'.repeat(2);

const SECRET = Buffer.from(KEY_HEX, 'hex');
const NODES = ['alice', 'relay', 'bob'];
const PUBLIC = [
  `coordinator ${toHex(publicKeyOf(SECRET))}`,
  ...NODES.map((name, at) => `node ${name} ${toHex(publicKeyOf(SECRET.map((b) => b ^ (at + 1))))}`),
];

/** A folder of keys in which the coordinator's key file has the given mode. */
function keyFolder(name: string, content: string, mode = 0o600, lines = PUBLIC): void {
  const folder = join(files.path, name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'public.keys'), `# a comment\n${lines.join('\n')}\n`);
  if (content === '') return;
  writeFileSync(join(folder, 'coordinator.key'), content);
  chmodSync(join(folder, 'coordinator.key'), mode);
}

keyFolder('good', `${KEY_HEX}\n`);
keyFolder('open', KEY_HEX, 0o640);
keyFolder('world', KEY_HEX, 0o604);
keyFolder('short', KEY_HEX.slice(2));
keyFolder('text', `secret ${KEY_HEX}`);
keyFolder('long', KEY_HEX.repeat(40));
keyFolder('other', KEY_HEX.replaceAll('0', '1'));
keyFolder('few', KEY_HEX, 0o600, PUBLIC.slice(0, 2));
keyFolder('torn', KEY_HEX, 0o600, [...PUBLIC.slice(0, 3), 'node bob 12']);
keyFolder('twice', KEY_HEX, 0o600, [...PUBLIC, PUBLIC[2]!]);
keyFolder('headless', KEY_HEX, 0o600, PUBLIC.slice(1));
keyFolder('keyless', '');
keyFolder('folder', '');
mkdirSync(join(files.path, 'folder', 'coordinator.key'), { mode: 0o700 });

function topology(text: string): Topology {
  const path = files.write('topologies/deployed.yaml', text);
  return loadTopology({ path, folders: files.folders, registry });
}

const LINE = `name: line
nodes:
  - { name: alice, run: ping }
  - { name: relay, run: ping }
  - { name: bob, run: ping }
links:
  - { ends: alice <-> relay, rate: 1Mbit/s, delay: 1ms }
  - { ends: relay <-> bob, rate: 1Mbit/s, delay: 1ms }
`;
const line = topology(LINE);
const ports = topology(`${LINE}addressPlan: ports\n`);

function load(text: string, on: Topology = line): Deployment {
  return loadDeployment(files.write('deployment.yaml', text), on, { kind: 'coordinator' });
}

const HEAD = 'coordinator: 192.0.2.10:7000\nkeys: good\n';
const ALL = `${HEAD}hosts:
  alice: 192.0.2.11
  relay: { address: 192.0.2.12, operator: { port: 9100 } }
  bob: 192.0.2.13
shape: off
`;

describe('a deployment file', () => {
  it('puts nodes on machines, and says where the coordinator is', () => {
    const deployment = load(ALL);
    expect(deployment.coordinator).toEqual({ host: '192.0.2.10', port: 7000 });
    expect(deployment.shape).toBe('off');
    expect(Object.fromEntries(deployment.hosts)).toEqual({
      alice: { address: '192.0.2.11' },
      relay: { address: '192.0.2.12', operatorPort: 9100 },
      bob: { address: '192.0.2.13' },
    });
    expect(toHex(deployment.keys.secret)).toBe(KEY_HEX);
    expect([...deployment.keys.nodes.keys()]).toEqual(NODES);
    expect(deployment.sha256).toMatch(/^[0-9a-f]{64}$/);
    const placed = deployment.place(line);
    expect(placed.hosts.map(({ name, address }) => [name, address])).toEqual([
      ['alice', '192.0.2.11'],
      ['relay', '192.0.2.12'],
      ['bob', '192.0.2.13'],
    ]);
    expect({ ...placed, hosts: line.hosts }).toEqual(line);
  });

  it('needs no more than a coordinator and a key: then all stays on loopback', () => {
    const deployment = load('coordinator: "[::1]:7000"\nkeys: ./good\n');
    expect(deployment.coordinator).toEqual({ host: '::1', port: 7000 });
    expect([deployment.shape, deployment.hosts.size]).toEqual(['links', 0]);
    expect(deployment.place(line)).toEqual(line);
    expect(load('coordinator: build-7.example:65535\nkeys: good\n').coordinator).toEqual({
      host: 'build-7.example',
      port: 65_535,
    });
  });

  it('lets the nodes of one machine share its address when they share no port', () => {
    const [alice, bob] = [line.links[0]?.a.port, line.links[1]?.b.port];
    const other = {
      ...line,
      links: line.links.map((link, index) =>
        index === 0 ? link : { ...link, b: { ...link.b, port: 40_000 } },
      ),
    };
    expect(alice).toBe(bob);
    const text = ALL.replace('bob: 192.0.2.13', 'bob: 192.0.2.11');
    expect(load(text, other).hosts.get('bob')?.address).toBe('192.0.2.11');
  });

  it('takes for levels of the log what the log can read, and nothing else', () => {
    const good = ['warn', 'debug,gateway:error', 'gateway:debug, mixnet:warn', 'a.b-c_9:info'];
    const bad = ['wran', 'warn,', 'gateway', 'gateway:', 'A:info', 'a:b:info', 'warn gateway:info'];
    for (const text of good) {
      expect(load(`${HEAD}log: "${text}"\n`).log).toBe(text);
      expect(parseLogLevels(text).problems).toEqual([]);
    }
    for (const text of bad) {
      const place = /deployment\.yaml:3:6 {2}log: "[^"]*" is not levels such as warn,gateway:debug/;
      expect(() => load(`${HEAD}log: "${text}"\n`)).toThrow(place);
    }
  });

  it('shows no key when it is printed', () => {
    const shown = inspect(load(ALL), { showHidden: true, depth: 5 }) + JSON.stringify(load(ALL));
    expect(shown).not.toContain(KEY_HEX.slice(0, 8));
    expect(shown).not.toMatch(/0, 17, 34|00 11 22/);
  });

  it('that is not there is told without a stack', () => {
    expect(() =>
      loadDeployment(join(files.path, 'none.yaml'), line, { kind: 'coordinator' }),
    ).toThrow(/^orrery: there is no deployment file .*none\.yaml$/);
  });

  it('has a JSON Schema for editors which accepts and refuses the same shapes', () => {
    const schema = JSON.parse(schemaTexts()['deployment.schema.json'] ?? '');
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(parse(ALL))).toBe(true);
    for (const bad of [
      ALL.replace('keys', 'keyz'),
      ALL.replace('shape: off', 'shape: none'),
      ALL.replace(':7000', ''),
      ALL.replace('192.0.2.13', '192.0.2.256'),
      ALL.replace('port: 9100', 'port: 0'),
    ]) {
      expect([bad, validate(parse(bad))]).toEqual([bad, false]);
    }
  });
});

const BAD: readonly (BadFile & { readonly on?: Topology })[] = [
  {
    title: 'a mistyped key',
    text: `${HEAD}«host»: {}\n`,
    code: 'E101',
    says: 'host: unknown key',
    hint: 'did you mean hosts?',
  },
  {
    title: 'no coordinator',
    text: 'keys: good\n',
    code: 'E121',
    says: 'coordinator: missing, expected a host and a port such as 192.0.2.10:7000',
    isWholeFile: true,
  },
  {
    title: 'a coordinator without port',
    text: 'coordinator: «192.0.2.10»\nkeys: good\n',
    code: 'E103',
    says: 'coordinator: "192.0.2.10" is not a host and a port',
  },
  {
    title: 'IPv6 without brackets',
    text: 'coordinator: «2001:db8::1:7000»\nkeys: good\n',
    code: 'E103',
    says: 'is not a host and a port',
    hint: 'IPv6 as [2001:db8::1]:7000',
  },
  {
    title: 'a port out of range',
    text: 'coordinator: «127.0.0.1:70000»\nkeys: good\n',
    code: 'E104',
    says: 'coordinator: port 70000 is not a port, expected 1 to 65535',
  },
  {
    title: 'a key file that is not there',
    text: HEAD.replace('good', '«keyless»'),
    code: 'E116',
    says: 'keys: there is no file',
    hint: 'npm run node -- TOPOLOGY --new-keys FOLDER makes it',
  },
  {
    title: 'a key file that its group may read',
    text: HEAD.replace('good', '«open»'),
    code: 'E104',
    says: 'open/coordinator.key has mode 0640: others than its owner may use the key',
    hint: 'chmod 600',
  },
  {
    title: 'a key file that everybody may read',
    text: HEAD.replace('good', '«world»'),
    code: 'E104',
    says: 'world/coordinator.key has mode 0604',
    hint: 'chmod 600',
  },
  {
    title: 'a key of 31 bytes',
    text: HEAD.replace('good', '«short»'),
    code: 'E103',
    says: 'short/coordinator.key does not hold a key, expected 64 hex digits and nothing else',
  },
  {
    title: 'other text in the key file',
    text: HEAD.replace('good', '«text»'),
    code: 'E103',
    says: 'text/coordinator.key does not hold a key',
  },
  {
    title: 'a long file instead of a key',
    text: HEAD.replace('good', '«long»'),
    code: 'E103',
    says: 'long/coordinator.key does not hold a key',
  },
  {
    title: 'a folder instead of a key',
    text: HEAD.replace('good', '«folder»'),
    code: 'E103',
    says: 'folder/coordinator.key is not a file',
  },
  {
    title: 'a folder without public keys',
    text: HEAD.replace('good', '«none»'),
    code: 'E116',
    says: 'keys: there is no file',
    hint: 'npm run node -- TOPOLOGY --new-keys FOLDER makes the keys that are missing',
  },
  {
    title: 'public keys without one of a node',
    text: HEAD.replace('good', '«few»'),
    code: 'E116',
    says: 'few/public.keys has no key for relay, bob',
  },
  {
    title: 'public keys without the coordinator’s',
    text: HEAD.replace('good', '«headless»'),
    code: 'E116',
    says: 'headless/public.keys has no key for the coordinator',
  },
  {
    title: 'a public key that is cut off',
    text: HEAD.replace('good', '«torn»'),
    code: 'E103',
    says: 'torn/public.keys:5 is not a name and a public key',
  },
  {
    title: 'two public keys of one node',
    text: HEAD.replace('good', '«twice»'),
    code: 'E103',
    says: 'twice/public.keys:6 has more than one key',
  },
  {
    title: 'a secret of another deployment',
    text: HEAD.replace('good', '«other»'),
    code: 'E112',
    says: 'other/coordinator.key is not the key that',
  },
  {
    title: 'a node that the topology has not',
    text: `${HEAD}hosts:\n  «alica»: 127.0.0.9\n`,
    code: 'E106',
    says: 'hosts.alica: "alica" is not a node of',
    hint: 'did you mean alice?',
  },
  {
    title: 'a name in place of an address',
    text: ALL.replace('192.0.2.13', '«server-3»'),
    code: 'E104',
    says: 'hosts.bob: "server-3" is not an IPv4 address',
    hint: 'the address of the machine',
  },
  {
    title: 'a list in place of an address',
    text: ALL.replace('192.0.2.13', '«[192.0.2.13]»'),
    code: 'E103',
    says: 'hosts.bob: a list, expected an IPv4 address',
  },
  {
    title: 'the address of all interfaces',
    text: ALL.replace('192.0.2.13', '«0.0.0.0»'),
    code: 'E104',
    says: 'hosts.bob: 0.0.0.0 is not an address to which neighbours could send',
  },
  {
    title: 'an operator port out of range',
    text: ALL.replace('9100', '«99999»'),
    code: 'E104',
    says: 'hosts.relay.operator.port: 99999 is above the maximum 65535',
  },
  {
    title: 'an unknown key of a node',
    text: ALL.replace('operator: ', '«operater»: '),
    code: 'E101',
    says: 'hosts.relay.operater: unknown key',
    hint: 'did you mean operator?',
  },
  {
    title: 'an unknown word for shape',
    text: ALL.replace('shape: off', 'shape: «of»'),
    code: 'E104',
    says: 'shape: "of" is not known, expected one of links, off',
  },
  {
    title: 'a neighbour that was forgotten',
    text: `${HEAD}hosts:\n  «alice»: 192.0.2.11\n`,
    code: 'E123',
    says: 'hosts.alice: relay stays on loopback, its neighbour alice is at 192.0.2.11',
    hint: 'add relay with the address of its machine',
  },
  {
    title: 'a neighbour that was put on loopback',
    text: ALL.replace('bob: 192.0.2.13', '«bob»: 127.0.0.13'),
    code: 'E123',
    says: 'hosts.bob: bob stays on loopback, its neighbour relay is at 192.0.2.12',
  },
  {
    title: 'two nodes that want one port',
    text: ALL.replace('192.0.2.13', '«192.0.2.11»'),
    code: 'E113',
    says: 'hosts.bob: bob and alice both want 192.0.2.11, UDP port',
    hint: 'give each node an address of its own',
  },
  {
    title: 'nodes of a topology that lives on ports of one address',
    text: ALL.replace('hosts:', '«hosts»:'),
    on: ports,
    code: 'E112',
    says: 'hosts: nodes cannot be moved',
  },
];

describe('a bad deployment file is refused at the exact place, with the fix', () => {
  function issuesOf(run: () => unknown): readonly ConfigIssue[] {
    try {
      run();
    } catch (error) {
      if (error instanceof ConfigError) return error.issues;
      throw error;
    }
    throw new Error('the file was accepted');
  }

  it.each(BAD.map((row) => [`${row.code} ${row.title}`, row] as const))('%s', (_title, row) => {
    const {
      text,
      line: at,
      column,
      caret,
    } = row.isWholeFile ? { text: row.text, line: 1, column: 1, caret: '' } : marked(row.text);
    const issues = issuesOf(() => load(text, row.on));
    const [issue] = issues;
    expect(issues).toHaveLength(1);
    expect([issue?.code, issue?.line, issue?.column]).toEqual([row.code, at, column]);
    expect(`${issue?.path}: ${issue?.message}`).toContain(row.says);
    const underlined = text.split('\n')[at - 1]?.slice(column - 1, (issue?.endColumn ?? 0) - 1);
    if (row.isWholeFile !== true) expect(underlined).toBe(caret);
    if (row.hint !== undefined) expect(issue?.hint?.startsWith(row.hint)).toBe(true);
    expect(formatIssue(issue as ConfigIssue)).not.toContain(KEY_HEX.slice(0, 8));
  });

  it('and all mistakes are told at once', () => {
    const text = ALL.replace('good', 'open').replace('bob:', 'rob:');
    expect(issuesOf(() => load(text)).map(({ code }) => code)).toEqual(['E104', 'E123', 'E106']);
  });
});

describe('new keys', () => {
  const path = join(files.path, 'fresh');
  const roles: KeyHolder[] = [
    { kind: 'coordinator' },
    ...NODES.map((name): KeyHolder => ({ kind: 'node', name })),
  ];
  const read = (file: string): string => readFileSync(join(path, file), 'utf8');
  const secretOf = (role: KeyHolder): string => {
    const file = files.write('deployment.yaml', ALL.replace('good', 'fresh'));
    return toHex(loadDeployment(file, line, role).keys.secret);
  };

  it('are one for the coordinator and one for each node, for their owner only', () => {
    const made = makeKeys(path, roles);
    expect(made).toEqual(['coordinator.key', 'node-alice.key', 'node-relay.key', 'node-bob.key']);
    for (const file of made) {
      expect(statSync(join(path, file)).mode & 0o777).toBe(0o600);
      expect(read(file)).toMatch(/^[0-9a-f]{64}\n$/);
      expect(read('public.keys')).not.toContain(read(file).trim());
    }
    // No secret, yet nobody else is to choose whom a machine trusts.
    expect(statSync(join(path, 'public.keys')).mode & 0o777).toBe(0o600);
    expect(new Set(made.map(read)).size).toBe(4);
    expect(roles.map(secretOf)).toEqual(made.map((file) => read(file).trim()));
  });

  it('are added to those that are there, which are never overwritten', () => {
    const before = [read('public.keys'), read('node-bob.key')];
    // As earlier versions left it.
    chmodSync(join(path, 'public.keys'), 0o644);
    expect(makeKeys(path, roles)).toEqual([]);
    expect([read('public.keys'), read('node-bob.key')]).toEqual(before);
    expect(statSync(join(path, 'public.keys')).mode & 0o777).toBe(0o600);
    expect(makeKeys(path, [{ kind: 'node', name: 'carol' }])).toEqual(['node-carol.key']);
    expect(read('public.keys')).toMatch(/\nnode carol [0-9a-f]{64}\n$/);
    expect(secretOf({ kind: 'coordinator' })).toBe(read('coordinator.key').trim());
  });

  it('were added by "git add ." where the folder lies in a repository', () => {
    const folder = join(files.path, 'scenarios-under-git');
    mkdirSync(folder);
    const git = (...args: readonly string[]): string =>
      execFileSync('git', args, { cwd: folder, encoding: 'utf8' });
    git('init', '--quiet');
    makeKeys(join(folder, 'secrets'), [{ kind: 'coordinator' }]);
    expect(git('status', '--porcelain', '--untracked-files=all')).toBe('');
  });

  it('wrote public keys through a link, over a file of somebody else', () => {
    const path = join(files.path, 'linked');
    mkdirSync(path);
    const [victim, list] = [join(files.path, 'victim'), join(path, 'public.keys')];
    writeFileSync(victim, `${PUBLIC.join('\n')}\n`);
    symlinkSync(victim, list);
    symlinkSync(victim, `${list}.new`);
    makeKeys(path, roles);
    expect(readFileSync(victim, 'utf8')).toBe(`${PUBLIC.join('\n')}\n`);
    expect(lstatSync(list).isFile()).toBe(true);
    expect(readdirSync(path).filter((name) => name.endsWith('.new'))).toEqual([]);
    rmSync(join(path, 'node-bob.key'));
    symlinkSync(join(files.path, 'elsewhere'), join(path, 'node-bob.key'));
    expect(() => makeKeys(path, roles)).toThrow('node-bob.key is there already');
    expect(existsSync(join(files.path, 'elsewhere'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32').each(['coordinator.key', 'public.keys'])(
    'waited for ever for a writer of the pipe %s',
    (file) => {
      const path = join(files.path, `pipe-${file}`);
      makeKeys(path, roles);
      rmSync(join(path, file));
      execFileSync('mkfifo', ['-m', '600', join(path, file)]);
      expect(() => makeKeys(path, roles)).toThrow(new RegExp(`${file}( is not a file)?$`));
    },
  );

  it('of a folder that cannot be made are refused in one line', () => {
    files.write('file', 'x');
    expect(() => makeKeys(join(files.path, 'file', 'keys'), roles)).toThrow(
      /file\/keys cannot be made \(ENOTDIR\)$/,
    );
  });

  it('that are there are never overwritten by a new key file', () => {
    const file = join(path, 'coordinator.key');
    const before = read('coordinator.key');
    expect(() => newKeyFile(file)).toThrow(
      /coordinator\.key is there already; a key is never overwritten/,
    );
    expect(read('coordinator.key')).toBe(before);
    expect(() => newKeyFile(join(files.path, 'no', 'where.key'))).toThrow(
      /where\.key cannot be written \(ENOENT\)$/,
    );
  });
});
