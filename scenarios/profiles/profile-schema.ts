/**
 * The shape of a cost profile, version 1, which `npm run calibrate` writes and `cpu: calibrated`
 * reads (docs/spec/processor-model.md). `schemas/calibration.schema.json` is generated from it.
 *
 * Each operation has two costs: the cost in its own benchmark, and the cost in place, which is charged
 * in runs.
 *
 * @module
 */
import { z } from 'zod';
import {
  booleanLeaf,
  enumLeaf,
  nameLeaf,
  patternLeaf,
  textLeaf,
} from '../../topologies/files/leaf.ts';
import { numberLeaf, wholeNumberLeaf } from '../../topologies/files/quantity.ts';

/** Version of the document; increased when a meaning changes. */
export const PROFILE_VERSION = 1;

/** Matches the names of operations that docs/how-to/calibrate.md lists. */
const OPERATION =
  /^(?:receive|send|link|event|timer|crypto\.\w+|handler\.[\w-]+\.(?:datagram|request|timer)|job\.[\w./-]+)$/;

const nanoseconds = (): ReturnType<typeof numberLeaf> =>
  numberLeaf('nanoseconds such as 4200', { min: 0, minText: '0' });
const ratio = (): ReturnType<typeof numberLeaf> =>
  numberLeaf('a ratio such as 1.25', { min: 0, minText: '0' });

/** The cost of an operation: a fixed part and a part per byte. */
const cost = z.strictObject({
  ns: nanoseconds().meta({ description: 'ns a call' }),
  nsPerByte: nanoseconds().meta({ description: 'ns a byte' }),
});

/** A benchmark at one length. */
const sample = z.strictObject({
  bytes: wholeNumberLeaf('a number of bytes', { min: 0 }),
  nsMedian: nanoseconds().meta({ description: 'median batch, ns a call' }),
  nsLow: nanoseconds().meta({ description: 'lower bound of the median, 95 %' }),
  nsHigh: nanoseconds().meta({ description: 'upper bound of the median, 95 %' }),
  nsP99: nanoseconds().meta({ description: 'p99 batch, ns a call' }),
  batches: wholeNumberLeaf('a number of batches', { min: 1 }),
});

const operation = z.strictObject({
  lane: enumLeaf(['control', 'data']).meta({ description: 'whose factor applies' }),
  alone: cost.meta({ description: 'in its own benchmark' }),
  inPlace: cost.meta({ description: 'in a live run: this is charged' }),
  samples: z.array(sample),
});

/** One live run of the calibration in place. */
const point = z.strictObject({
  ratePerSecond: numberLeaf('a rate', { min: 0 }),
  deliveredPerSecond: numberLeaf('a rate', { min: 0 }),
  cpu: ratio().meta({ description: 'processor time over wall time, measured' }),
  waited: ratio().meta({ description: 'share of time in which others had the processor' }),
  aloneControl: ratio().meta({ description: 'the same by benchmarks alone, control lane' }),
  aloneData: ratio().meta({ description: 'the same by benchmarks alone, data lane' }),
  predicted: ratio().meta({ description: 'by the costs in place' }),
  isUsed: booleanLeaf().meta({ description: 'at high load: the factors come from it' }),
});

/** The schema of a cost profile. */
export const profileSchema = z
  .strictObject({
    $schema: textLeaf('the place of the schema').optional(),
    profileVersion: wholeNumberLeaf('the version of the format', {
      min: PROFILE_VERSION,
      minText: `${PROFILE_VERSION}`,
      max: PROFILE_VERSION,
      maxText: `${PROFILE_VERSION}`,
    }),
    date: patternLeaf(
      'a date such as 2026-01-01T00:00:00Z',
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
      'times are UTC',
    ),
    machine: z.strictObject({
      cpu: textLeaf('the model of the processor'),
      cores: wholeNumberLeaf('a number of cores', { min: 1 }),
      os: textLeaf('the system'),
      node: textLeaf('the version of Node'),
      commit: textLeaf('the commit'),
      loadBefore: numberLeaf('a load average', { min: 0 }),
      loadAfter: numberLeaf('a load average', { min: 0 }),
    }),
    operations: z
      .record(z.string(), operation)
      .refine((all) => Object.keys(all).every((key) => OPERATION.test(key)), {
        message: 'operations are receive, send, link, event, timer, crypto.*, handler.*.*, job.*',
      }),
    inPlace: z
      .strictObject({
        scenario: nameLeaf('the name of a scenario'),
        controlFactor: ratio(),
        dataFactor: ratio(),
        points: z.array(point).min(1),
      })
      .meta({ description: 'how the costs in place were found' }),
    receiveBuffer: z
      .array(
        z.strictObject({
          bytes: wholeNumberLeaf('a number of bytes', { min: 1 }),
          datagrams: wholeNumberLeaf('a number of datagrams', { min: 1 }),
        }),
      )
      .meta({ description: 'datagrams of a size that a socket holds; sizes ascending' }),
  })
  .meta({
    title: 'Orrery cost profile',
    description: 'What operations cost on one machine: npm run calibrate.',
  });

/** A cost profile in the form of its file. */
export type CostProfile = z.output<typeof profileSchema>;
/** The costs of one operation in a profile. */
export type ProfileOperation = CostProfile['operations'][string];
/** The result of an operation's benchmark at one length of data. */
export type OperationSample = ProfileOperation['samples'][number];
/** One live run of the calibration in place. */
export type InPlacePoint = CostProfile['inPlace']['points'][number];
