/**
 * The command that says what noise guarantees, as a user's shell sees it.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { addEpsilonCommand } from '../../../cli/epsilon.ts';
import { makeProgram } from '../../../cli/program.ts';
import { PrivacyAccountant } from '../../../nodes/federated/privacy/index.ts';
import { COMMAND_LINE } from '../../command-line.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const RUN = ['--noise', '1.1', '--rate', '0.01', '--steps', '1000', '--delta', '1e-5'];

function epsilon(...flags: readonly string[]): {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
} {
  const env = { ...process.env, CI: '', NO_COLOR: '', FORCE_COLOR: undefined };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [COMMAND_LINE, 'epsilon', ...flags],
    { cwd: root, env, encoding: 'utf8' },
  );
  return { code: status, stdout, stderr };
}

describe('orrery epsilon', () => {
  it('prints both accounts within 80 columns', () => {
    const { code, stdout, stderr } = epsilon(...RUN);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`Gaussian noise, rate 0.01, 1,000 steps, delta 1e-5
neighbours differ by one client, added or removed
  epsilon with noise 1.1
    1.7253       by Renyi orders, as a run counts
    1.5154       by privacy loss distributions, as it ends
`);
  });

  it('finds the noise for a target, which keeps it', () => {
    const { code, stdout } = epsilon(
      ...['--rate', '0.5', '--steps', '10', '--delta', '1e-3', '--target', '2', '--json'],
    );
    expect(code).toBe(0);
    const { noiseForTarget: found, epsilon: none } = JSON.parse(stdout) as {
      readonly noiseForTarget: { readonly renyi: number; readonly tight: number };
      readonly epsilon?: unknown;
    };
    expect(none).toBeUndefined();
    expect(found.tight).toBeLessThan(found.renyi);
    const flags = ['--rate', '0.5', '--steps', '10', '--delta', '1e-3', '--json'];
    const { epsilon: spent } = JSON.parse(
      epsilon('--noise', `${found.tight}`, ...flags).stdout,
    ) as {
      readonly epsilon: { readonly tight: number };
    };
    expect(spent.tight).toBeLessThanOrEqual(2);
    expect(spent.tight).toBeGreaterThan(1.999);
    const settings = { mechanism: 'gaussian', place: 'central', rate: 0.5, delta: 1e-3 } as const;
    const noisy = { ...settings, noise: found.renyi };
    const renyi = new PrivacyAccountant(noisy, [{ clients: 1, rounds: 10 }]).epsilon();
    expect(renyi).toBeLessThanOrEqual(2);
    expect(renyi).toBeGreaterThan(1.999_999);
  });

  it('says where there is no bound', () => {
    const small = ['--noise', '1e-200', '--rate', '0.01', '--steps', '5', '--delta', '1e-9'];
    const { code, stdout } = epsilon(...small);
    expect(code).toBe(0);
    expect(stdout).toContain('no bound     by Renyi orders');
    expect(stdout).toContain('no bound     by privacy loss');
  });

  it.each([
    [['--rate', '2'], '--rate: 2 is out of range, it must be above 0, up to 1'],
    [['--noise', '0'], '--noise: 0 is out of range, it must be above 0'],
    [['--delta', '1'], '--delta: 1 is out of range, it must be above 0 and below 1'],
    [['--steps', '1.5'], '--steps: "1.5" is not a whole number'],
    [['--noise', 'much'], '--noise: "much" is not a number'],
    [['--rate', '0.5', '--steps', '10'], '--delta is missing'],
    [RUN.slice(2), '--noise is missing'],
  ])('refuses %j', async (flags, words) => {
    const program = makeProgram();
    addEpsilonCommand(program);
    const ended = program.parseAsync(['epsilon', ...flags], { from: 'user' });
    await expect(ended).rejects.toMatchObject({
      message: expect.stringContaining(words),
      hint: expect.stringContaining('write '),
    });
  });

  it('exit 2: what is refused is told with a hint', () => {
    const { code, stdout, stderr } = epsilon('--rate', '2');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('orrery: --rate: 2 is out of range, it must be above 0, up to 1\n');
    expect(stderr).toContain('   hint: write ');
  });

  it('without flags, prints its help and is no success', () => {
    const { code, stdout, stderr } = epsilon();
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('npm run epsilon -- --noise 1.1');
    const help = epsilon('--help');
    expect(help.code).toBe(0);
    expect(help.stdout).toBe(stderr);
    expect(Math.max(...help.stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
