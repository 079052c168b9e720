import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

function speed(...args: readonly string[]): {
  readonly code: number | null;
  readonly said: string;
} {
  const command = ['--import', 'tsx', 'bench/gate/main.ts', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { code: status, said: stdout + stderr };
}

describe('npm run speed', () => {
  it('fails windows that check each number sixteen times', () => {
    const { code, said } = speed('replay', '--double');
    expect(said).toMatch(/FAILED {2}0\.[0-5]\d {2}replay: window, in order/);
    expect(code).toBe(1);
  }, 120_000);

  it('refuses a benchmark that it does not know', () => {
    const { code, said } = speed('replya');
    expect(said).toMatch(/unknown: replya\n\nnpm run speed .*\n\nNames: hold-alone, chain,/);
    expect(code).toBe(2);
  });
});
