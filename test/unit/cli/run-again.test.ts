/** `--watch`: whoever changes a file had to run it again by hand. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { orreryHere } from '../../command-here.ts';
import { COMMAND_LINE } from '../../command-line.ts';

const PING = new URL('../../../nodes/ping/index.ts', import.meta.url).href;
const MODULE = `import { protocol as ping } from '${PING}';
import { name } from './name.ts';
export const protocol = { ...ping, name };
`;
const NET = `name: two
nodes:
  - { name: a, run: ./mine.ts }
  - { name: b, run: ping }
links: [{ ends: a <-> b, rate: 10Mbit/s, delay: 5ms }]
`;
const FILE = `name: probe
topology: net.yaml
duration: 1s
warmup: 0s
traffic: [{ from: a, to: b, kind: constant, rate: 50/s, size: 100B }]
kpis: { ping.delivery: { value: ">= 90%" } }
`;

let folder = '';
const put = (name: string, text: string): void => {
  // As editors do: another file takes its place.
  writeFileSync(join(folder, `${name}.part`), text);
  renameSync(join(folder, `${name}.part`), join(folder, name));
};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-again-'));
  put('name.ts', "export const name = 'mine';\n");
  put('mine.ts', MODULE);
  put('net.yaml', NET);
  put('probe.yaml', FILE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a process prints, and a wait for more of it. */
class Watched {
  readonly child: ChildProcess;
  text = '';
  #read = 0;
  #told: (() => void) | undefined;

  constructor() {
    const words = [COMMAND_LINE, 'scenario', '--watch', 'probe.yaml', '-q', '--no-trace'];
    this.child = spawn(process.execPath, words, { cwd: folder, env: { ...process.env, CI: '' } });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (part: Buffer) => {
        this.text += part.toString();
        this.#told?.();
      });
    }
  }

  /** What is printed until it waits for a change. */
  async untilIdle(): Promise<string> {
    for (;;) {
      const at = this.text.indexOf('Ctrl-C ends it\n', this.#read);
      if (at >= 0) {
        const part = this.text.slice(this.#read, at);
        this.#read = at + 1;
        return part;
      }
      await new Promise<void>((done) => {
        this.#told = done;
      });
    }
  }
}

it('runs again when scenario, topology or a file beside an own protocol changes', async () => {
  const watched = new Watched();
  const ended = new Promise((done) => watched.child.once('close', done));
  const first = await watched.untilIdle();
  expect(first).toMatch(/^PASS {2}probe/);
  expect(first).toMatch(/runs again when .*probe\.yaml or .*changes/);

  put('net.yaml', NET.replace('delay: 5ms', 'delay: never'));
  const wrong = await watched.untilIdle();
  expect(wrong).toContain('net.yaml has changed');
  expect(wrong).toContain('net.yaml:5');

  put('net.yaml', NET);
  put('name.ts', "export const name = 5 + 'x'.nothing.more;\n");
  const broken = await watched.untilIdle();
  expect(broken).toMatch(/(?:name\.ts|net\.yaml) has changed/);
  expect(broken).not.toContain('PASS');

  put('name.ts', "export const name = 'mine';\n");
  const last = await watched.untilIdle();
  expect(last).toContain('name.ts has changed');
  expect(last).toContain('PASS  probe');

  watched.child.kill('SIGINT');
  expect(await ended).toBe(130);
}, 120_000);

it('is refused where one document is asked for', async () => {
  const { status, stdout } = await orreryHere(folder, [
    ...['scenario', 'probe.yaml', '--watch', '--json'],
  ]);
  expect(status).toBe(2);
  expect(stdout).toContain('--watch runs again');
});
