/** The files under docs/deploy: each array task and each pod runs its part, and the parts are the whole sweep. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { SweepResult } from '../../reports/sweep.ts';
import { COMMAND_LINE } from '../command-line.ts';

const PARTS = 2;
const SWEEP = `name: dealt
topology: two-nodes.yaml
duration: 1500ms
warmup: 300ms
traffic: [{ from: alice, to: bob, kind: poisson, rate: 100/s, size: 100B }]
kpis: { ping.rtt: { p95: "<= 1ms" } }
sweep: { traffic.0.rate: 100/s..500/s step 100/s }
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-deploy-'));
  writeFileSync(join(folder, 'dealt.yaml'), SWEEP);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bash(words: readonly string[], env: Readonly<Record<string, string>>): void {
  const own = { ...process.env, CI: '', GITHUB_STEP_SUMMARY: '', ...env };
  const { status, stderr } = spawnSync('bash', words, { encoding: 'utf8', env: own });
  // Missed limits are no failure of a part.
  expect(status, stderr).toBe(0);
}

/** What joining the parts leads to. */
function joined(out: string): SweepResult {
  const parts = readdirSync(join(out, 'dealt'))
    .filter((name) => name !== 'latest')
    .map((name) => join(out, 'dealt', name));
  expect(parts).toHaveLength(PARTS);
  const own = ['--scenario', join(folder, 'dealt.yaml')];
  const words = [COMMAND_LINE, 'merge', ...parts, ...own, '--out', `${out}-all`, '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect(status, stderr).toBe(1);
  return JSON.parse(stdout) as SweepResult;
}

it('a Slurm array', () => {
  const out = join(folder, 'slurm');
  for (let task = 1; task <= PARTS; task += 1) {
    bash(['docs/deploy/sweep-slurm.sh', join(folder, 'dealt.yaml')], {
      ORRERY_OUT: out,
      SLURM_ARRAY_TASK_ID: String(task),
      SLURM_ARRAY_TASK_COUNT: String(PARTS),
    });
  }
  expect(joined(out).rows).toHaveLength(5);
});

it('an indexed Job of Kubernetes', () => {
  const out = join(folder, 'kubernetes');
  const text = readFileSync('docs/deploy/sweep-kubernetes.yaml', 'utf8');
  const { completions, template } = (parse(text) as Job).spec;
  const [{ command, args, env }] = template.spec.containers;
  // The comment in the file asks for it.
  expect(env).toEqual([{ name: 'PARTS', value: String(completions) }]);
  expect(command).toEqual(['bash', '-c']);
  const script = args[0]
    .replace('federated-clip.yaml', join(folder, 'dealt.yaml'))
    .replace('/shared', out);
  for (let index = 0; index < PARTS; index += 1) {
    bash(['-c', script], { PARTS: String(PARTS), JOB_COMPLETION_INDEX: String(index) });
  }
  expect(joined(out).rows).toHaveLength(5);
});

interface Job {
  readonly spec: {
    readonly completions: number;
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          {
            readonly command: readonly string[];
            readonly args: readonly [string];
            readonly env: readonly { readonly name: string; readonly value: string }[];
          },
        ];
      };
    };
  };
}
