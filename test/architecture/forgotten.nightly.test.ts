/**
 * What a contributor who adds something would forget is named: each row plants an addition in a copy of the
 * repository, without what belongs to it, and expects a check to name the missing place.
 *
 * A row: what is added; `plants`, pieces of text that occur once in a file, and what they become; then how it is found,
 * either by `npm run check:types` (`check: 'types'`) or by one file of `npm test` (its path), and `names`, what the check
 * must print: paths of the places that are missing. Plants of all rows for `types` stand in the copy at once.
 *
 * @module
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, copyOfRepository, type Ran, runIn } from './copy-with-protocol.ts';

interface Plant {
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
}
interface Forgotten {
  readonly added: string;
  readonly plants: readonly Plant[];
  readonly check: 'types' | `test/${string}.test.ts`;
  readonly names: readonly string[];
}

const KINDS = 'test/architecture/kinds.test.ts';
const QUEUE_TYPE: Plant = {
  file: 'engine/net/link-spec.ts',
  text: 'export type QueueSpec =\n',
  becomes: "export type QueueSpec =\n  | { readonly kind: 'red' }\n",
};
const ACTION_TYPE: Plant = {
  file: 'scenarios/files/events/actions.ts',
  text: 'export type FaultAction =\n',
  becomes: "export type FaultAction =\n  | { readonly kind: 'spill' }\n",
};

const METRIC: Plant = {
  file: 'nodes/ping/index.ts',
  text: '  metrics: [\n',
  becomes:
    "  metrics: [\n    { name: 'ping.unheard', kind: 'counter', unit: 'count', help: 'what nobody counts' },\n",
};
const FLAG: Plant = {
  file: 'cli/run-flags.ts',
  text: '  readonly debug?: boolean;\n',
  becomes: '  readonly debug?: boolean;\n  readonly loud?: boolean;\n',
};
const ROUTER: Plant = {
  file: 'nodes/dtn/config.ts',
  text: "  'prophet',\n",
  becomes: "  'prophet',\n  'lucky',\n",
};

const ROWS: readonly Forgotten[] = [
  {
    added: 'a queue discipline to its union',
    plants: [QUEUE_TYPE],
    check: 'types',
    names: ['engine/net/direction-parts.ts', KINDS, "Property 'red' is missing"],
  },
  {
    added: 'a queue discipline to its union and to the engine',
    plants: [
      QUEUE_TYPE,
      {
        file: 'engine/net/direction-parts.ts',
        text: "    case 'drop-tail':\n",
        becomes:
          "    case 'red':\n      return new DropTail(table, INFINITE, INFINITE);\n    case 'drop-tail':\n",
      },
      { file: KINDS, text: 'codel: true', becomes: 'red: true, codel: true' },
    ],
    check: KINDS,
    names: [
      'queue red: missing in schemas/topology.schema.json',
      'queue red: missing in schemas/scenario.schema.json',
      'queue red: missing in docs/spec/link-model.md',
      'queue red: missing in a link of check 16 (runner/verify/checks/conservation.ts)',
    ],
  },
  {
    added: 'an impairment to links',
    plants: [
      {
        file: 'engine/net/link-spec.ts',
        text: '  readonly duplicate?: number;\n  /** Default none. */\n',
        becomes:
          '  readonly echo?: number;\n  readonly duplicate?: number;\n  /** Default none. */\n',
      },
      { file: KINDS, text: "{ corrupt: 'corrupt'", becomes: "{ echo: 'echo', corrupt: 'corrupt'" },
    ],
    check: KINDS,
    names: [
      'link value echo: missing in topologies/schema/direction.ts',
      'link value echo: missing in docs/spec/link-model.md',
      'link value echo: missing in a link of check 16',
    ],
  },
  {
    added: 'an action of events to its union',
    plants: [ACTION_TYPE],
    check: 'types',
    names: ['scenarios/files/events/actions.ts', 'runner/faults/fault-actions.ts'],
  },
  {
    added: 'an action of events to its union and its definitions',
    plants: [
      ACTION_TYPE,
      {
        file: 'scenarios/files/events/actions.ts',
        text: '  hold: {\n',
        becomes: "  spill: { build: () => ({ kind: 'spill' }) },\n  hold: {\n",
      },
    ],
    check: KINDS,
    names: [
      'action spill: missing in docs/spec/scenario-files.md',
      'action spill: missing in schemas/scenario.schema.json',
      'action spill: missing in viz/app/pages/network/palette/tools.ts',
    ],
  },
  {
    added: 'a metric to a protocol, for its README',
    plants: [METRIC],
    check: 'test/architecture/protocol-folders.test.ts',
    names: ['| `ping.unheard` | counter | count | what nobody counts |', 'npm run protocols'],
  },
  {
    added: 'a metric of emulated runs, for its page',
    plants: [
      {
        file: 'scenarios/metrics/emulate-metrics.ts',
        text: 'EMULATE_METRICS: readonly MetricDefinition[] = [\n',
        becomes:
          "EMULATE_METRICS: readonly MetricDefinition[] = [\n  { name: 'emulate.unheard', kind: 'counter', unit: 'count', help: 'what nobody counts' },\n",
      },
    ],
    check: 'test/architecture/protocol-folders.test.ts',
    names: ['| `emulate.unheard` | counter | count | what nobody counts |', 'npm run protocols'],
  },
  {
    added: 'a metric to a protocol, which nobody records',
    plants: [METRIC],
    check: 'test/architecture/metrics-recorded.test.ts',
    names: ['ping.unheard', 'NOT_THERE'],
  },
  {
    added: 'a flag without an option',
    plants: [FLAG],
    check: 'types',
    names: ['cli/run-flags.ts', "'loud'"],
  },
  {
    added: 'a flag with an option, which nobody reads',
    plants: [
      FLAG,
      {
        file: 'cli/run-flags.ts',
        text: '  debug: [ALL, ',
        becomes: "  loud: [ALL, () => new Option('--loud', 'is of no use')],\n  debug: [ALL, ",
      },
    ],
    check: 'test/unit/cli/flags.test.ts',
    names: ['loud of run-flags.ts'],
  },
  {
    added: 'a kind of traffic to its union',
    plants: [
      {
        file: 'scenarios/traffic-pattern.ts',
        text: 'export type TrafficPattern =\n',
        becomes:
          "export type TrafficPattern =\n  | { readonly kind: 'surge'; readonly rate: number }\n",
      },
      {
        file: 'scenarios/files/traffic-schema.ts',
        text: "    z.strictObject({\n      kind: z.literal('on-off'),\n",
        becomes:
          "    z.strictObject({ kind: z.literal('surge'), ...flowShape, rate: packets() }),\n" +
          "    z.strictObject({\n      kind: z.literal('on-off'),\n",
      },
    ],
    check: 'types',
    names: [
      'runner/distributed/messages/assignment-shape.ts',
      'runner/traffic/traffic-source.ts',
      'scenarios/files/traffic.ts',
      'test/scenarios/traffic-kinds.test.ts',
      KINDS,
      "Property 'surge' is missing",
    ],
  },
  {
    added: 'a router to its options',
    plants: [ROUTER],
    check: 'types',
    names: ['nodes/dtn/router/make-router.ts', 'runner/verify/checks/bundle-stores.ts'],
  },
  {
    added: 'a router and a drop reason without a word on them',
    plants: [
      ROUTER,
      {
        file: 'engine/net/drop-reasons.ts',
        text: "  codel: 'CoDel",
        becomes: "  red: 'RED dropped it.',\n  codel: 'CoDel",
      },
    ],
    check: KINDS,
    names: [
      'router lucky: missing in nodes/dtn/README.md',
      'drop reason red: missing in docs/spec/link-model.md',
      'drop reason red: missing in viz/app/pages/network/drop-points.ts',
    ],
  },
];

const isOfTypes = ({ check }: Forgotten): boolean => check === 'types';
let copy = '';
let types: Ran;
beforeAll(() => {
  copy = copyOfRepository();
  // At once, since the compiler takes longest: they are in different files.
  types = planted(
    ROWS.filter(isOfTypes).flatMap(({ plants }) => plants),
    'types',
  );
}, 300_000);
afterAll(() => rmSync(copy, { recursive: true, force: true }));

describe('forgotten places are named', () => {
  it.each(ROWS)('of who adds $added', (row) => {
    const { status, text } = isOfTypes(row) ? types : planted(row.plants, row.check);
    expect(status, text).not.toBe(0);
    for (const name of row.names) expect(text).toContain(name);
  });

  it('and what was planted is the only reason', () => {
    const tests = ROWS.filter((row) => !isOfTypes(row)).map(({ check }) => check);
    for (const { status, text } of [run('types'), run(...new Set(tests))]) {
      expect(status, text).toBe(0);
    }
  });
});

/** Runs a check in the copy with these plants. */
function planted(plants: readonly Plant[], check: Forgotten['check']): Ran {
  const files = [...new Set(plants.map(({ file }) => join(copy, file)))];
  const before = files.map((file) => [file, readFileSync(file, 'utf8')] as const);
  for (const one of plants) plant(one);
  const ran = run(check);
  for (const [file, content] of before) writeFileSync(file, content);
  return ran;
}

function plant({ file, text, becomes }: Plant): void {
  const path = join(copy, file);
  const [before = '', after, ...more] = readFileSync(path, 'utf8').split(text);
  expect([after === undefined, more.length], `${file}: ${text} occurs once`).toEqual([false, 0]);
  writeFileSync(path, `${before}${becomes}${after}`);
}

/** Without caches, which stand in the packages' folder and are not the copy's own. */
function run(...checks: readonly Forgotten['check'][]): Ran {
  if (checks[0] !== 'types') return runIn(copy, bin('vitest'), ['run', ...checks]);
  const plain = ['--incremental', 'false', '--tsBuildInfoFile', 'null'];
  return runIn(copy, bin('../typescript-7/bin/tsc'), ['-p', '.', ...plain]);
}
