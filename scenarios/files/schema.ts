/**
 * The schema of a scenario file: question, topology, traffic, events, KPIs.
 *
 * It checks the shapes of single entries only; the loader checks names of nodes, links and metrics, and
 * relations between entries. docs/spec/scenario-files.md says what entries mean.
 *
 * @module
 */
import { z } from 'zod';
import {
  booleanLeaf,
  enumLeaf,
  type Leaf,
  type LeafResult,
  leafMistakeResult,
  makeLeafSchema,
  nameLeaf,
  textLeaf,
  wrongShapeResult,
} from '../../topologies/files/leaf.ts';
import { timeLeaf, wholeNumberLeaf } from '../../topologies/files/quantity.ts';
import { stackSchema } from '../../topologies/schema/stack.ts';
import { topologySchema } from '../../topologies/schema/topology.ts';
import { actionShape } from './events/actions.ts';
import { privacySchema } from './privacy-schema.ts';
import { sweepSchema } from './sweep/schema.ts';
import { trafficSchema } from './traffic-schema.ts';

const POSITIVE = { min: 1, minText: '1ns' };

// --- events -----------------------------------------------------------------------------------

const eventShape = {
  id: nameLeaf('a name such as cut-1')
    .optional()
    .meta({ description: 'Default event-1, event-2 …' }),
  at: timeLeaf().optional().meta({ description: 'Happens once, at this time.' }),
  every: timeLeaf(POSITIVE)
    .optional()
    .meta({ description: 'Happens once in each slot of this length.' }),
  from: timeLeaf().optional().meta({ description: 'First slot begins here.', default: '0s' }),
  to: timeLeaf().optional().meta({ description: 'With random: last begin. Default: the end.' }),
  for: timeLeaf(POSITIVE)
    .optional()
    .meta({ description: 'Duration. Default with at: to the end of the run.' }),
  phase: enumLeaf(['start', 'random']).optional().meta({
    description: 'Place in the slot: its start, or uniform in [0, every - for].',
    default: 'start',
  }),
  random: z
    .strictObject({ up: timeLeaf(POSITIVE), down: timeLeaf(POSITIVE) })
    .optional()
    .meta({ description: 'Independent exponential up and down times of each link or node.' }),
  ...actionShape,
};

/** Schema of one entry of `events` in a file. */
export const eventSchema = z
  .strictObject(eventShape)
  .meta({ description: 'One fault: a schedule (at, every, random) and an action.' });

// --- KPIs -------------------------------------------------------------------------------------

/** A leaf with one limit, or with several that must all hold. */
function limit(): z.ZodOptional<Leaf<readonly string[]>> {
  const expects = 'a limit such as "<= 250ms"';
  const json = {
    type: ['string', 'array'],
    items: { type: 'string' },
    examples: ['<= 250ms', ['>= 1.2s', '<= 1.6s']],
  };
  return makeLeafSchema(expects, json, (value): LeafResult<readonly string[]> => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    // Numbers are accepted here, because the loader reports them as limits without a comparison, in
    // a message that names the aggregation.
    const isText = (one: unknown): boolean => typeof one === 'string' || typeof one === 'number';
    if (list.length === 0 || !list.every(isText)) return wrongShapeResult(value, expects);
    return { value: list.map(String) };
  }).optional();
}

/** The keys of a KPI that are aggregations, each with its limits. */
const limitsShape = {
  p50: limit(),
  p90: limit(),
  p95: limit(),
  p99: limit(),
  'p99.9': limit(),
  mean: limit(),
  min: limit(),
  max: limit(),
  rate: limit().meta({ description: 'Per minute of measured time.' }),
  ratio: limit(),
  count: limit(),
  value: limit(),
};

/** One entry of `kpis`: limits by aggregation. */
const kpiSchema = z
  .strictObject({
    ...limitsShape,
    virtual: z.strictObject(limitsShape).optional().meta({
      description: 'Further limits, judged in virtual time only: there no machine adds to a time.',
    }),
    difference: z.strictObject(limitsShape).optional().meta({
      description: 'Limits on the mean of twin minus as written, each pair of runs with one seed.',
    }),
    allowEmpty: booleanLeaf().optional().meta({
      description: 'Without samples the KPI is not applicable instead of failed.',
      default: false,
    }),
    over: enumLeaf(['seed', 'total']).optional().meta({
      description: 'seed: a count has to hold in each seed; total: their sum has to.',
      default: 'seed',
    }),
    ci: enumLeaf(['point', 'inside']).optional().meta({
      description: 'inside: the whole 95 % interval must meet the limit.',
      default: 'point',
    }),
  })
  .meta({ description: 'Limits of one metric.', examples: [{ p95: '<= 250ms' }] });

// --- the scenario -----------------------------------------------------------------------------

/** A leaf with a calendar time: ISO 8601 in UTC, or Unix seconds. */
function epoch(): Leaf<number> {
  const expects = 'a date such as 2026-01-01T00:00:00Z';
  return makeLeafSchema(expects, { type: ['string', 'integer'] }, (value): LeafResult<number> => {
    if (typeof value === 'number') {
      const isSeconds = Number.isSafeInteger(value) && value >= 0;
      return isSeconds ? { value } : leafMistakeResult('E115', `${value} is not ${expects}`);
    }
    if (typeof value !== 'string') return wrongShapeResult(value, expects);
    const form = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?$/;
    const seconds = form.test(value) ? Date.parse(value) / 1_000 : Number.NaN;
    if (Number.isNaN(seconds))
      return leafMistakeResult('E104', `"${value}" is not ${expects}`, 'times are UTC');
    return { value: seconds };
  });
}

/** The schema of a scenario file. */
export const scenarioSchema = z
  .strictObject({
    name: nameLeaf('a name such as failover').meta({ description: 'Name of the scenario.' }),
    question: textLeaf('a question')
      .optional()
      .meta({ description: 'The question that the run answers.' }),
    topology: z
      .union([textLeaf('the name of a topology file'), topologySchema])
      .meta({ description: 'A file in topologies/, a path, or a topology.' }),
    duration: timeLeaf(POSITIVE).meta({
      description: 'Virtual time of the run.',
      examples: ['60s'],
    }),
    warmup: timeLeaf().optional().meta({ description: 'Not measured.', default: '0s' }),
    arrives: enumLeaf(['something', 'nothing'])
      .optional()
      .meta({
        description:
          'nothing: a run in which nothing may reach an application, such as a partition, fails if ' +
          'something does.',
        default: 'something',
      }),
    until: enumLeaf(['duration', 'done'])
      .optional()
      .meta({
        description:
          'done: ends when all nodes that can have said that their work is done, at the latest ' +
          'after the duration.',
        default: 'duration',
      }),
    drain: timeLeaf()
      .optional()
      .meta({
        description:
          'How long packets that are under way at the end may still arrive: at least the delay of ' +
          'the longest path or, where nodes keep messages, their lifetime.',
        default: '1s',
      }),
    epoch: epoch()
      .optional()
      .meta({ description: 'Calendar time of virtual 0.', default: '2026-01-01T00:00:00Z' }),
    crypto: enumLeaf(['node', 'noble', 'sodium', 'modelled']).optional().meta({
      description: 'Provider of cryptography; modelled computes no real ciphertexts.',
      default: 'node',
    }),
    cpu: enumLeaf(['none', 'calibrated']).optional().meta({
      description: 'Processor time: not modelled, or charged by the profile of npm run calibrate.',
      default: 'none',
    }),
    cpuProfile: textLeaf('the path of a profile').optional().meta({
      description: 'Cost profile; a path relative to the scenario or the working folder.',
      default: 'runs/calibration.json',
    }),
    cpuMachines: enumLeaf(['topology', 'one'])
      .optional()
      .meta({
        description:
          'One processor for each machine of the topology, or one core for all nodes as ' +
          'in ' +
          'a live process.',
        default: 'topology',
      }),
    cpuQueues: enumLeaf(['timed', 'endless'])
      .optional()
      .meta({
        description:
          'timed: work that waits too long for a processor is dropped as overload. ' +
          'endless: ' +
          'a test double.',
        default: 'timed',
      }),
    seeds: z
      .union([
        wholeNumberLeaf('a number of seeds such as 30', { min: 1, max: 10_000 }),
        z.array(wholeNumberLeaf('a seed such as 1', { min: 0 })).min(1),
      ])
      .optional()
      .meta({ description: 'Number of replications, or a list of seeds.', default: 1 }),
    networks: z
      .union([
        wholeNumberLeaf('a number of networks such as 10', { min: 1, max: 10_000 }),
        z
          .array(wholeNumberLeaf('the number of a network such as 1', { min: 1, max: 10_000 }))
          .min(1),
      ])
      .optional()
      .meta({
        description:
          'Number of networks that the generator of the topology draws, or a list of them: each runs with ' +
          'seeds of its own, and intervals are over networks.',
      }),
    twin: z
      .strictObject({
        set: z.record(z.string(), z.unknown()).meta({
          description: 'What the second run of each seed changes, `path: value` as in --set.',
          examples: [{ 'options.gateway.window': 64 }],
        }),
        run: enumLeaf(['both', 'written', 'twin']).optional().meta({
          description: 'Which of the two runs of a seed: both, or one of them alone.',
          default: 'both',
        }),
      })
      .optional()
      .meta({ description: 'Runs each seed twice, as written and with changes.' }),
    timeLimit: timeLeaf(POSITIVE)
      .optional()
      .meta({ description: 'Limit of wall time; a longer run stops with exit code 5.' }),
    options: z.record(z.string(), z.record(z.string(), z.unknown())).optional().meta({
      description: 'Options by protocol or node name; they override those of the topology.',
    }),
    stack: stackSchema,
    traffic: z.array(trafficSchema).optional(),
    events: z.array(eventSchema).optional(),
    privacy: privacySchema.optional(),
    kpis: z.record(z.string(), kpiSchema).optional().meta({ description: 'Limits by metric.' }),
    sweep: sweepSchema.optional(),
    hunt: z
      .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
      .optional()
      .meta({
        description:
          'Values of this file that orrery hunt changes, `path: value` as in --set: a hunt wants short runs.',
        examples: [{ duration: '20s', 'traffic.0.rate': '100/s' }],
      }),
  })
  .meta({ title: 'Orrery scenario', description: 'Traffic, faults and limits for a topology.' });

/** A scenario file as parsed. */
export type ScenarioInput = z.output<typeof scenarioSchema>;
/** One entry of `events` as parsed by {@link eventSchema}. */
export type EventInput = z.output<typeof eventSchema>;
