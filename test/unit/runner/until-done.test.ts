/**
 * `until: done`: a run ends when its work is done, at the latest after its duration; in virtual time
 * (test/live/until-done.wall.test.ts: by the wall clock).
 */
import { describe, expect, it } from 'vitest';
import { renderHtml } from '../../../reports/html/html.ts';
import { renderJunit } from '../../../reports/junit.ts';
import type { SeedResult } from '../../../reports/model.ts';
import { reportFacts } from '../../../reports/report-facts.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { FinishedHostsTracker } from '../../../runner/experiment/done-watch.ts';
import { checkDeterminism } from '../../../runner/run/check-determinism.ts';
import type { Scenario } from '../../../scenarios/model.ts';
import { ConfigError } from '../../../topologies/files/config-error.ts';
import { loadText, ratio, registry, report, run, SECOND } from './fixture.ts';

/** Ten packets to `far`, and a packet every 10 ms to `near` beside them. */
const TEXT = `
name: transfer
topology:
  name: transfer
  defaults: { node: { run: bulk }, link: { rate: 10Mbit/s, delay: 200ms } }
  nodes: [{ name: source }, { name: near }, { name: far }]
  links: [{ ends: source <-> near }, { ends: source <-> far }]
duration: 60s
until: done
options: { far: { expects: 10 } }
traffic:
  - { from: source, to: far, kind: file, bytes: 10kB, size: 1000B, start: 2s }
  - { from: source, to: near, kind: constant, rate: 100/s }
`;
const transfer = (change: (text: string) => string = (text) => text): Scenario =>
  loadText(change(TEXT));
const doneNs = ({ done }: SeedResult): number => (done?.by === 'done' ? done.atNs : -1);

describe('a run until its work is done', () => {
  const scenario = transfer();
  const result = run(scenario);

  it('ends when the receiver has its file, not after its duration', () => {
    expect(result.done?.by).toBe('done');
    // 2 s, then the handshake, the data and the disk: three times 200 ms and a little.
    expect(doneNs(result)).toBeGreaterThan(2.4 * SECOND);
    expect(doneNs(result)).toBeLessThan(3.2 * SECOND);
    expect(result.virtualNs).toBe(doneNs(result));
    expect(result.measuredNs).toBe(doneNs(result));
    expect(result.ending).toBe('complete');
    // Bins end with the run.
    for (const { values, binNs } of result.series) {
      expect(values.length).toBeLessThanOrEqual(Math.ceil(doneNs(result) / binNs));
    }
  });

  it('silences its sources then, and lets what is under way arrive', () => {
    const { numerator, denominator } = ratio(result, 'bulk.delivery');
    const others = Math.floor(doneNs(result) / 1e7);
    expect(denominator).toBe(10 + others);
    // The last packets to `near` arrive after the end, within the drain.
    expect(numerator).toBe(denominator);
  });

  it('is over after its drain: without one, packets under way at the end are lost', () => {
    const short = run(transfer((text) => `${text}drain: 0s\n`));
    expect(doneNs(short)).toBe(doneNs(result));
    const { numerator, denominator } = ratio(short, 'bulk.delivery');
    // 200 ms at 100/s.
    expect(denominator - numerator).toBeGreaterThanOrEqual(19);
    expect(denominator - numerator).toBeLessThanOrEqual(24);
  });

  it('repeats its fingerprint, and passes the check of two runs', () => {
    expect(run(scenario).fingerprint).toBe(result.fingerprint);
    expect(checkDeterminism({ scenario, registry, seed: 1 })).toMatchObject({
      kind: 'same',
      fingerprint: result.fingerprint,
    });
  });

  it('is as it would be without the end, up to the end', () => {
    const longer = run(transfer((text) => text.replace('until: done', 'until: duration')));
    expect(longer.done).toBeUndefined();
    expect(longer.virtualNs).toBe(60 * SECOND);
    expect(longer.events).toBeGreaterThan(10 * result.events);
    expect(longer.metrics['bulk.transfer']).toEqual(result.metrics['bulk.transfer']);
  });

  it('ends by its duration if the work is not done, and says who was not', () => {
    const late = run(transfer((text) => text.replace('expects: 10', 'expects: 11')));
    expect(late.done).toEqual({ by: 'duration', unfinished: ['far'] });
    expect(late.virtualNs).toBe(60 * SECOND);
  });

  it('says in every report which of the two ended it', () => {
    const ended = report(scenario, [result]);
    const words = `done at ${Number((doneNs(result) / SECOND).toPrecision(4))} s of at most 60 s`;
    const plain = { colour: false, unicode: true, width: 200 };
    expect(renderTerminal(ended, plain as never)).toContain(words);
    expect(renderJunit(ended)).toContain(`<property name="end" value="${words}"/>`);
    expect(renderHtml(ended)).toContain(words);
    expect(reportFacts(ended)).toContainEqual(['mode', 'sim']);
    expect(reportFacts(ended)).toContainEqual(['end', words]);
    expect(ended.perSeed[0]?.done).toEqual(result.done);
    const late: SeedResult = { ...result, seed: 2, done: { by: 'duration', unfinished: ['far'] } };
    expect(renderTerminal(report(scenario, [late]), plain as never)).toContain(
      'not done within 60 s, far unfinished',
    );
    expect(renderTerminal(report(scenario, [result, late]), plain as never)).toContain(
      'done in 1 of 2 seeds within 60 s, seed 2: far unfinished',
    );
  });
});

describe('a crash of a node that has finished', () => {
  const crash = (event: string): SeedResult =>
    run(
      transfer((text) =>
        text
          .replace('{ far: { expects: 10 } }', '{ far: { expects: 10 }, near: { expects: 500 } }')
          .concat(`events: [${event}]\n`),
      ),
    );

  it('takes back what it said, and the restart says it again from its disk', () => {
    const result = crash('{ at: 4s, for: 4s, crash: far }');
    // Near has its 500 packets at 5.2 s, but far is down until 8 s.
    expect(doneNs(result)).toBe(8 * SECOND);
  });

  it('leaves the run to its limit if the node does not come back', () => {
    expect(crash('{ at: 4s, crash: far }').done).toEqual({ by: 'duration', unfinished: ['far'] });
  });

  it('is not missed when it never happens because the work was done before', () => {
    const result = crash('{ at: 30s, for: 1s, crash: far }');
    expect(doneNs(result)).toBeLessThan(6 * SECOND);
    expect(result.faults).toEqual([]);
  });
});

describe('until: done in a file', () => {
  const refusal = (text: string): unknown => {
    try {
      loadText(text);
    } catch (error) {
      if (error instanceof ConfigError) return error.issues;
      throw error;
    }
    return [];
  };

  it('is refused at its line where nobody can ever finish', () => {
    expect(refusal(TEXT.replace('options: { far: { expects: 10 } }\n', ''))).toEqual([
      expect.objectContaining({
        ...{ code: 'E124', path: 'until', line: 9, column: 8 },
        message: 'no node of this scenario can say that its work is done',
        hint: 'bulk can finish, but not with these options: see its options',
      }),
    ]);
    const datagrams = TEXT.replace('run: bulk', 'run: datagram');
    expect(refusal(datagrams.replace('options: { far: { expects: 10 } }\n', ''))).toEqual([
      expect.objectContaining({
        code: 'E124',
        hint: 'no protocol at the top of a host here ever finishes: write until: duration',
      }),
    ]);
  });
});

describe('the watch', () => {
  const both = new Map([
    ['a', 'top'],
    ['b', 'top'],
  ]);

  it('counts the top protocol of each host, up to the limit', () => {
    const watch = new FinishedHostsTracker(both, 100);
    watch.finished('a', 'below', 10);
    expect(watch.unfinished).toEqual(['a', 'b']);
    watch.finished('a', 'top', 20);
    watch.finished('stranger', 'top', 30);
    expect(watch.unfinished).toEqual(['b']);
    watch.finished('b', 'top', 101);
    expect(watch.doneNs).toBeUndefined();
    watch.finished('b', 'top', 100);
    expect(watch.doneNs).toBe(100);
  });

  it('ignores reports from before a crash that arrive after it', () => {
    const watch = new FinishedHostsTracker(both, 1_000);
    watch.finished('b', 'top', 10);
    watch.crashed('a', 50);
    watch.finished('a', 'top', 49);
    expect(watch.doneNs).toBeUndefined();
    watch.finished('a', 'top', 51);
    expect(watch.doneNs).toBe(51);
    // The run is over: nothing takes it back.
    watch.crashed('a', 60);
    expect(watch.doneNs).toBe(51);
  });
});
