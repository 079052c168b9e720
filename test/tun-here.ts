/**
 * Whether this machine lets a test open TUN devices and network namespaces.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';

/** Why tests that need a TUN device and these programs are skipped; undefined if they can run. */
export function tunMissing(...programs: readonly string[]): string | undefined {
  if (process.getuid?.() !== 0) return 'not root: a TUN device cannot be opened';
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun here';
  const missing = ['python3', 'ip', ...programs].find(
    (program) => spawnSync(program, ['-V']).error !== undefined,
  );
  if (missing !== undefined) return `${missing} is not installed`;
  // A container may have root without CAP_NET_ADMIN.
  const name = `orr-${randomBytes(4).toString('hex')}`;
  const probe = ['tuntap', 'add', 'dev', name, 'mode', 'tun'];
  const { status, stderr } = spawnSync('ip', probe, { encoding: 'utf8' });
  spawnSync('ip', ['link', 'delete', name]);
  return status === 0 ? undefined : `no TUN device can be made: ${stderr.trim()}`;
}
