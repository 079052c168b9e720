/**
 * The examples of docs/how-to/files-you-have.md, run from the files that the page shows.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Report, runScenario } from '../../index.ts';
import { chooseExitCode } from '../../reports/judge.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const guide = readFileSync(`${root}docs/how-to/files-you-have.md`, 'utf8');
const shown = [...guide.matchAll(/^<!-- (\S+) -->\n```\w*\n(.*?)^```/gms)];

/** Runs an example that must pass. */
async function passed(name: string): Promise<Report> {
  const report = await runScenario(`${root}test/fixtures/formats/${name}`);
  expect(report.kpis.filter(({ status }) => status !== 'pass')).toEqual([]);
  expect(chooseExitCode(report)).toBe(0);
  return report;
}

describe('the examples of files that people have', () => {
  it.each(shown.map(([, path = '', text]) => [path, text] as const))(
    '%s is shown as it is run, in 20 lines at most',
    (path, text) => {
      expect(text).toBe(readFileSync(`${root}${path}`, 'utf8'));
      expect(text?.split('\n').length).toBeLessThanOrEqual(21);
    },
  );

  it('a graph: bundles take as long as light in fibre', async () => {
    const report = await passed('cities.yaml');
    expect(report.warnings).toHaveLength(2);
  });

  it('traffic of a file: each message arrives', async () => {
    const { messages } = await passed('flows.yaml');
    expect(messages).toMatchObject({ submitted: 5, delivered: 5 });
  });

  it('a rate and a delay that change: the flow sees pauses and the longer way', async () => {
    const { metrics } = await passed('cell.yaml');
    expect(metrics['datagram.latency']).toBeDefined();
  });

  it('movements: a ferry carries messages when it comes', async () => {
    const { messages } = await passed('ferry.yaml');
    expect(messages).toMatchObject({ submitted: 2, delivered: 2 });
  });

  it('a plan of CORE that begins again brings all messages', async () => {
    const { messages } = await passed('rover.yaml');
    expect(messages).toMatchObject({ submitted: 19, delivered: 19 });
  });
});
