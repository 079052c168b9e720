/**
 * The line diff of the input files of two runs, from folders that the command has written. @module
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../architecture/files.ts';
import { BrowserLab, LOOKS, seriousFindings } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-compare-'));
const runs = join(folder, 'runs');
let lab: BrowserLab;

/** Runs hello under another name, with a change in its text. */
async function hello(name: string, change: (text: string) => string): Promise<void> {
  const text = readFileSync(join(ROOT, 'scenarios/hello.yaml'), 'utf8')
    .replace('name: hello', `name: ${name}`)
    .replace('two-nodes.yaml', join(ROOT, 'topologies/two-nodes.yaml'));
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, change(text));
  const words = ['cli/start.mjs', 'scenario', file, '--seed', '1', '--out', runs];
  await promisify(execFile)(process.execPath, words, { cwd: ROOT });
}

beforeAll(async () => {
  await hello('first', (text) => text);
  await hello('second', (text) => text.replace('<= 12ms', '<= 13ms'));
  await hello('gone', (text) => text);
  rmSync(join(runs, 'gone/1/scenario.yaml'));
  lab = await BrowserLab.start(runs);
}, 120_000);
afterAll(async () => {
  await lab.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the files of two runs', () => {
  it('are kept beside the reports, as they were read', () => {
    const kept = readFileSync(join(runs, 'second/1/scenario.yaml'), 'utf8');
    expect(kept).toBe(readFileSync(join(folder, 'second.yaml'), 'utf8'));
    expect(existsSync(join(runs, 'second/1/topology.yaml'))).toBe(true);
  });

  it.each(LOOKS)('are shown line by line where they differ, $theme at $width px', async (look) => {
    const address = `${lab.server.address}#run=first/1&page=compare&with=second/1`;
    const { page, context, errors } = await lab.open(address, look);
    await page.locator('.file-diff').waitFor();
    const taken = await page.locator('.file-diff del').allTextContents();
    const put = await page.locator('.file-diff ins').allTextContents();
    expect(taken.map((text) => text.trim())).toEqual([
      '- name: first',
      expect.stringContaining('12ms'),
    ]);
    expect(put.map((text) => text.trim())).toEqual([
      '+ name: second',
      expect.stringContaining('13ms'),
    ]);
    // The topology is the same in both runs, so only one file differs.
    expect(await page.locator('.file-diff').count()).toBe(1);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('are named with the command that shows them where a folder does not keep them', async () => {
    const address = `${lab.server.address}#run=first/1&page=compare&with=gone/1`;
    const { page, context, errors } = await lab.open(address, {});
    await page.getByText('this shows their lines').waitFor();
    expect(await page.locator('.file-diff').count()).toBe(0);
    expect(errors).toEqual([]);
    await context.close();
  });
});
