/**
 * Streams secured with certificates given as PEM text. Node cannot make certificates, so they come
 * from the `openssl` command; without it, the case is skipped with that reason.
 *
 * @module
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCryptoProvider } from '../../../../engine/crypto/index.ts';
import type { CryptoProvider } from '../../../../engine/host/crypto.ts';
import type { Stream, StreamTlsOptions } from '../../../../engine/host/stream.ts';
import { LiveWorld } from '../../../../engine/live/live-world.ts';

const BLOCK = `127.${200 + (process.pid % 50)}.${(process.pid >>> 8) & 255}`;
/** Not a dependency; without it, the case is skipped. */
const TOOL = 'openssl';
const hasOpenssl = spawnSync(TOOL, ['version']).status === 0;
const crypto = createCryptoProvider('node');
const LINK = { rateBps: 1e9, delayNs: 1_000_000 };

/** A self-signed certificate for `orrery.test`. */
function makeCertificate(): { certPem: string; keyPem: string } {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-tls-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=orrery.test', '-addext', 'subjectAltName=DNS:orrery.test'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const files = ['-keyout', key, '-out', cert, '-days', '2'];
  execFileSync(TOOL, ['req', '-x509', ...kind, ...subject, ...files], { stdio: 'ignore' });
  const pair = { certPem: readFileSync(cert, 'utf8'), keyPem: readFileSync(key, 'utf8') };
  rmSync(folder, { recursive: true });
  return pair;
}

/** Opens a stream, secures both ends, and returns the results at each end. */
async function handshake(
  server: StreamTlsOptions,
  client: StreamTlsOptions,
): Promise<Record<string, string>> {
  const failures: unknown[] = [];
  const world = new LiveWorld({
    seed: 1,
    cryptoFor: (): CryptoProvider => crypto,
    onFailure: (error): void => void failures.push(error),
  });
  const a = world.addHost({ name: 'a', address: `${BLOCK}.12` });
  const b = world.addHost({ name: 'b', address: `${BLOCK}.13` });
  const ends = { a: { host: 'a', port: 1 }, b: { host: 'b', port: 1 } };
  world.addLink({ id: 'a--b', ...ends, forward: LINK, backward: LINK });
  world.seal();
  const said: Record<string, string> = {};
  const use = (name: string, stream: Stream, options: StreamTlsOptions): void => {
    stream.handle({ onData: () => undefined });
    stream.secure(options, (error) => {
      said[name] = error ?? 'secure';
    });
  };
  world.pump.enter(() => {
    b.listen({ port: 9_000 }, (stream) => use('server', stream, server));
    a.connect({ to: a.endpoint(b.address, 9_000) }, (stream) => use('client', stream!, client));
  });
  for (let i = 0; i < 2_000 && Object.keys(said).length < 2; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await world.close();
  expect(failures).toEqual([]);
  return said;
}

it('becomes secure with a certificate that the client trusts, and not otherwise', async (context) => {
  if (!hasOpenssl) context.skip('there is no openssl command to make a certificate');
  const certificate = makeCertificate();
  const client = { role: 'client', serverName: 'orrery.test' } as const;
  const server = { role: 'server', certificate } as const;
  expect(await handshake(server, { ...client, trustPem: certificate.certPem })).toEqual({
    server: 'secure',
    client: 'secure',
  });
  const untrusted = await handshake(server, client);
  expect(untrusted['client']).toBe('secure-failed');
  const otherName = { ...client, serverName: 'else.test', trustPem: certificate.certPem };
  expect((await handshake(server, otherName))['client']).toBe('secure-failed');
});

it('fails to become secure when the certificate is no PEM text', async () => {
  const certificate = { certPem: 'not a certificate', keyPem: 'not a key' };
  const said = await handshake({ role: 'server', certificate }, { role: 'client' });
  expect(said).toEqual({ server: 'secure-failed', client: 'secure-failed' });
});
