/** The PEM files of a gateway's configuration. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readTlsMaterial, withTlsFiles } from '../../../cli/gateway-tls.ts';
import { gatewayTomlSchema } from '../../../nodes/gateway/index.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import { readToml } from '../../../topologies/files/toml.ts';
import { makeCertificateAuthority } from '../../certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'gateway-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [one, other] = [makeCertificateAuthority('one'), makeCertificateAuthority('other')];
writeFileSync(join(folder, 'one.pem'), one.certificate);
writeFileSync(join(folder, 'one-key.pem'), one.key);
writeFileSync(join(folder, 'other-key.pem'), other.key);
// Node passes over what follows the first certificate if it is none.
writeFileSync(
  join(folder, 'half.pem'),
  `${one.certificate}${other.certificate.replace(/\n[^-\n]{9}/, '\n*********')}`,
);

function read(certificate: string, key: string, clientCa = 'one.pem'): unknown {
  const htx = `[htx]\ncert_path = "${certificate}"\nkey_path = "${key}"\n`;
  const place = `[orrery]\ntopology = "t"\nnode = "n"\nclient_ca = "${clientCa}"\n`;
  const file = readToml('g.toml', `${htx}${place}`, withTlsFiles(gatewayTomlSchema, folder));
  return file.htx.tls && readTlsMaterial(folder, file.htx.tls);
}

it('are read from the folder of the file', () => {
  const { certificate, key } = one;
  expect(read('one.pem', 'one-key.pem')).toEqual({ certificate, key, clientCa: certificate });
});

it.each([
  [['none.pem', 'one-key.pem'], '2:13', 'there is no file none.pem'],
  [['one.pem', 'none.pem'], '3:12', 'there is no file none.pem'],
  [['one.pem', 'one-key.pem', 'none.pem'], '7:13', 'there is no file none.pem'],
  [['one.pem', 'other-key.pem'], '2:13', 'no certificate of the key'],
  [['one.pem', 'one-key.pem', 'one-key.pem'], '7:13', 'has no certificate'],
  [['one.pem', 'one-key.pem', 'half.pem'], '7:13', 'has no certificate'],
])('are refused at their place: %j', (names, place, words) => {
  const [certificate = '', key = '', clientCa] = names;
  let problem: unknown;
  try {
    read(certificate, key, clientCa);
  } catch (error) {
    problem = error;
  }
  expect(problem).toBeInstanceOf(ConfigError);
  const [issue] = (problem as ConfigError).issues;
  expect(`${issue?.line}:${issue?.column} ${issue?.message}`).toContain(`${place} `);
  expect(issue?.message).toContain(words);
});
