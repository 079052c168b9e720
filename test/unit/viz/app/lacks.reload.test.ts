/** What a run has nothing for: the reason, and a command that makes it for this run. @module */
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../../reports/report-schema.ts';
import type { TraceInfo } from '../../../../viz/app/data/trace-answers.ts';
import {
  missingDataFor,
  missingFaultData,
  type RunFacts,
} from '../../../../viz/app/kernel/lacks.ts';
import { missingPrivacyData } from '../../../../viz/app/pages/privacy/without-privacy.ts';
import { whyNothingToDraw } from '../../../../viz/app/pages/protocols/why-nothing-to-draw.ts';
import { load } from '../../runner/fixture.ts';

const REPORT = {
  scenario: { name: 'hello', durationNs: 10e9, warmupNs: 1e9 },
  faults: [],
  reproduce: 'npm run scenario hello.yaml',
} as unknown as Report;

const info = (protocol: string, layers?: readonly string[]): RunFacts['info'] =>
  ({
    nodes: [{ name: 'alice', protocol, layers }],
    links: [{ id: 'alice--bob', name: 'alice->bob', from: 0, to: 1 }],
  }) as unknown as TraceInfo;

const facts = (more: Partial<RunFacts> = {}): RunFacts => ({
  ...{ name: 'hello', report: REPORT, hasTrace: true, info: info('ping') },
  ...more,
});

describe('a page that a run has nothing for', () => {
  it('named another scenario: it names the command for this run, which loads', () => {
    const command = missingFaultData(facts())?.command ?? '';
    expect(command).toBe(
      `npm run scenario hello.yaml -- --set 'events=[{ at: 5.5s, for: 0.9s, link: "alice--bob", set: { up: false } }]'`,
    );
    const [, events = ''] = /'events=(.*)'$/.exec(command) ?? [];
    expect(load('hello.yaml', { events }).events).toHaveLength(1);
    expect(missingFaultData(facts({ info: undefined }))?.command).toBeUndefined();
    const faulty = { ...REPORT, faults: [{}] } as unknown as Report;
    expect(missingFaultData(facts({ report: faulty }))).toBeUndefined();
  });

  it('has the flag after those that the run had', () => {
    const page = { needs: 'trace' } as const;
    const bare = facts({ hasTrace: false });
    expect(missingDataFor(page, bare)?.command).toBe('npm run scenario hello.yaml -- --trace');
    const reproduce = 'npm run scenario hello.yaml -- --seed 2';
    const again = { ...REPORT, reproduce } as Report;
    expect(missingDataFor(page, { ...bare, report: again })?.command).toBe(`${reproduce} --trace`);
    const installed = { ...REPORT, reproduce: 'npx orrery scenario hello.yaml' } as Report;
    expect(missingDataFor(page, { ...bare, report: installed })?.command).toBe(
      'npx orrery scenario hello.yaml --trace',
    );
    expect(missingDataFor(page, facts())).toBeUndefined();
    expect(missingDataFor({ needs: 'nothing' }, bare)).toBeUndefined();
    expect(
      missingDataFor({ needs: 'report' }, facts({ report: undefined }))?.command,
    ).toBeUndefined();
  });

  it('measures privacy where nodes mix, and says where none does', () => {
    expect(missingPrivacyData(facts())).toEqual({
      reason:
        'No node of this run hides which packet became which: there is no privacy to measure.',
    });
    expect(missingPrivacyData(facts({ info: info('gateway', ['mixnet']) }))?.command).toContain(
      "--set 'privacy={}'",
    );
    expect(missingPrivacyData(facts({ info: undefined }))?.command).toBeUndefined();
    const measured = { ...REPORT, privacy: {} } as unknown as Report;
    expect(missingPrivacyData(facts({ report: measured }))).toBeUndefined();
  });

  it('draws what its protocols draw, in a stack those above as well', () => {
    expect(whyNothingToDraw(facts())?.reason).toBe('ping has no states to draw.');
    expect(whyNothingToDraw(facts({ info: info('datagram', ['fabric']) }))).toBeUndefined();
    expect(whyNothingToDraw(facts({ info: undefined }))).toBeUndefined();
  });
});
