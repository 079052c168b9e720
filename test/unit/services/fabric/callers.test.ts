/**
 * Who may use the face of fabric: programs on this machine that can read the token of the process.
 *
 * @module
 */
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import {
  type FabricServer,
  FabricServerStartError,
  startFabricServer,
} from '../../../../services/fabric/index.ts';
import { FakeNode, readFake, type Served, serveFake } from './fake-node.ts';

const open: Served[] = [];
const folder = mkdtempSync(join(tmpdir(), 'orrery-callers-'));
afterEach(async () => {
  for (const served of open.splice(0)) await served.end();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serve(): Promise<Served> {
  const served = await serveFake();
  open.push(served);
  return served;
}

/** Flips the last character that carries six whole bits. */
function nearly(token: string): string {
  return token.slice(0, -2) + (token.at(-2) === 'A' ? 'B' : 'A') + token.slice(-1);
}

/** Headers of a stranger, in which words stand for the token and for what is not quite it. */
type Strange = readonly [string, number, Readonly<Record<string, string>>];
const STRANGERS: readonly Strange[] = [
  ['without a token', 401, { authorization: '' }],
  ['with one character changed in its token', 401, { authorization: 'Bearer NEARLY' }],
  ['with a part of the token', 401, { authorization: 'Bearer PART' }],
  ['with the token and more', 401, { authorization: 'Bearer TOKENA' }],
  ['with the token as a password', 401, { authorization: 'Basic TOKEN' }],
  ['under a name that points here', 421, { host: 'rebound.example.org:7480' }],
  ['under a name that begins like an address', 421, { host: '127.0.0.1.example.org' }],
  ['from a page of another site', 403, { origin: 'https://example.org' }],
  ['from a page on loopback', 403, { origin: 'http://127.0.0.1:7470' }],
  ['from a page in a frame without origin', 403, { origin: 'null' }],
  ['from a browser, by its own word', 403, { 'sec-fetch-site': 'none' }],
];

describe.each(STRANGERS)('a request %s', (_name, status, strange) => {
  it(`is answered ${status}, and the node hears nothing`, async () => {
    const { ask, node, token, subscribe } = await serve();
    const headers = headersOf(strange, token);
    for (const path of ['/send?to=bob', '/call?to=bob', '/nowhere']) {
      expect((await ask(path, { body: 'x', headers })).status).toBe(status);
    }
    const { origin, ...rest } = headers;
    const client = subscribe({ headers: rest, ...(origin === undefined ? {} : { origin }) });
    expect(await client.opened).toBe(status);
    expect(node.questions).toEqual([]);
  });
});

function headersOf(
  headers: Readonly<Record<string, string>>,
  token: string,
): Readonly<Record<string, string>> {
  const words = { TOKEN: token, NEARLY: nearly(token), PART: token.slice(0, -1) };
  const filled = (text: string): string =>
    text.replace(/TOKEN|NEARLY|PART/, (word) => words[word as keyof typeof words]);
  return Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, filled(text)]));
}

describe('a request with the token', () => {
  it.each(['127.0.0.1:7480', 'localhost', 'LOCALHOST:1', '[::1]:7480', '127.9.8.7'])(
    'is answered under %s',
    async (host) => {
      const { ask, subscribe } = await serve();
      expect((await ask('/send?to=bob', { headers: { host } })).status).toBe(200);
      expect(await subscribe({ headers: { host } }).opened).toBe('open');
    },
  );

  it('is told how to ask when it has none', async () => {
    const { ask } = await serve();
    const { headers, json } = await ask('/send?to=bob', { headers: { authorization: '' } });
    expect([headers['www-authenticate'], json['outcome']]).toEqual(['Bearer', 'unauthorised']);
  });
});

describe('the address', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.org', '127.0.0.1.example.org'])(
    'is loopback, or nothing listens: %s',
    async (host) => {
      const log = { info: (): void => undefined, warn: (): void => undefined };
      const tokenFile = join(folder, 'never.token');
      const parts = { node: new FakeNode(), read: readFake, log, port: 0, tokenFile };
      await expect(startFabricServer({ ...parts, host })).rejects.toThrow(FabricServerStartError);
      expect(existsSync(tokenFile)).toBe(false);
    },
  );

  it('that is taken is named', async () => {
    const { server, tokenFile } = await serve();
    const log = { info: (): void => undefined, warn: (): void => undefined };
    const parts = { node: new FakeNode(), read: readFake, log, tokenFile: `${tokenFile}2` };
    const second = startFabricServer({ ...parts, port: server.port });
    await expect(second).rejects.toThrow(`127.0.0.1:${server.port}: the port is taken`);
  });
});

describe('the token', () => {
  const log = { info: (): void => undefined, warn: (): void => undefined };
  const at = (tokenFile: string): Promise<FabricServer> =>
    startFabricServer({ node: new FakeNode(), read: readFake, log, port: 0, tokenFile });

  it('is another one for each process, of 256 bits', async () => {
    const tokens = [(await serve()).token, (await serve()).token];
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('is in a file that its owner alone can read, which ends with the face', async () => {
    const { server, tokenFile } = await serve();
    expect(statSync(tokenFile).mode & 0o777).toBe(0o600);
    await server.close();
    expect(existsSync(tokenFile)).toBe(false);
  });

  it('does not get into a file that others may have open, nor through a link', async () => {
    const file = join(folder, 'open.token');
    writeFileSync(file, 'old');
    chmodSync(file, 0o644);
    const before = statSync(file).ino;
    const server = await at(file);
    expect([statSync(file).mode & 0o777, statSync(file).ino === before]).toEqual([0o600, false]);
    await server.close();

    const target = join(folder, 'target');
    writeFileSync(target, 'theirs');
    symlinkSync(target, join(folder, 'link.token'));
    const linked = await at(join(folder, 'link.token'));
    expect(readFileSync(target, 'utf8')).toBe('theirs');
    await linked.close();
    expect(readFileSync(target, 'utf8')).toBe('theirs');
  });

  it('of a later process stays when a former one closes', async () => {
    const file = join(folder, 'both.token');
    const former = await at(file);
    const later = await at(file);
    const text = readFileSync(file, 'utf8');
    await former.close();
    expect(readFileSync(file, 'utf8')).toBe(text);
    await later.close();
  });

  it('that cannot be written is named, and nothing listens', async () => {
    const file = join(folder, 'no', 'such', 'folder.token');
    await expect(at(file)).rejects.toThrow(`no token in ${file}`);
    expect(readdirSync(folder)).not.toContain('no');
  });
});
