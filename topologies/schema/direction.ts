/**
 * YAML of one direction of a link: every field of `LinkDirectionSpec`, with units
 * (docs/spec/link-model.md; `engine/net/link-spec.ts` has the meaning and default of each field).
 * Checks single values; `assemble/direction.ts` checks values against each other.
 *
 * @module
 */
import { z } from 'zod';
import type {
  ActualContactSpec,
  ContactsSpec,
  CorruptSpec,
  JitterSpec,
  LinkDirectionSpec,
  LossSpec,
  QueueSpec,
  ReorderSpec,
  TokenBucketSpec,
} from '../../engine/net/link-spec.ts';
import { omitUndefined, type UndefinedOmitted } from '../files/defined.ts';
import {
  booleanLeaf,
  enumLeaf,
  type Leaf,
  type LeafResult,
  leafMistakeResult,
  makeLeafSchema,
  textLeaf,
  wrongShapeResult,
} from '../files/leaf.ts';
import {
  bitRateLeaf,
  numberLeaf,
  shareLeaf,
  sizeLeaf,
  timeLeaf,
  wholeNumberLeaf,
} from '../files/quantity.ts';
import { readQuantity } from '../files/units.ts';

const POSITIVE_NS = { min: 1, minText: '1ns' };
const kind = <const Name extends string>(name: Name): z.ZodLiteral<Name> => z.literal(name);

// --- loss -------------------------------------------------------------------------------------

const lossKinds = z.discriminatedUnion('kind', [
  z.strictObject({ kind: kind('bernoulli'), probability: shareLeaf() }),
  z.strictObject({
    kind: kind('burst'),
    probability: shareLeaf().meta({ description: 'Overall share of lost packets.' }),
    meanBurst: numberLeaf('a number of packets such as 5', { min: 1 }).meta({
      description: 'Mean number of consecutive losses, at least 1.',
    }),
  }),
  z.strictObject({
    kind: kind('gilbert-elliott'),
    p: shareLeaf().meta({ description: 'P(good to bad) per packet.' }),
    r: shareLeaf().meta({ description: 'P(bad to good) per packet.' }),
    lossGood: shareLeaf(),
    lossBad: shareLeaf(),
  }),
  z.strictObject({
    kind: kind('gilbert-elliott-time'),
    meanGood: timeLeaf(POSITIVE_NS),
    meanBad: timeLeaf(POSITIVE_NS),
    lossGood: shareLeaf(),
    lossBad: shareLeaf(),
  }),
  z.strictObject({
    kind: kind('trace'),
    lost: z.array(wholeNumberLeaf('a packet index such as 17', { min: 0 })),
    length: wholeNumberLeaf('a number of packets such as 1000', { min: 1 }),
    atEnd: enumLeaf(['repeat', 'end']),
  }),
]);

/** Loss: the share of lost packets, or a map that describes a loss model. */
const lossSchema = z
  .union([shareLeaf(), lossKinds])
  .transform((loss): LossSpec => {
    if (typeof loss === 'number') return { kind: 'bernoulli', probability: loss };
    if (loss.kind !== 'gilbert-elliott-time') return loss;
    const { meanGood, meanBad, ...rest } = loss;
    return { ...rest, meanGoodNs: meanGood, meanBadNs: meanBad };
  })
  .meta({ description: 'Share of lost packets, or a loss model.', default: 0, examples: ['2%'] });

// --- jitter and order -------------------------------------------------------------------------

const jitterKinds = z.discriminatedUnion('kind', [
  z.strictObject({ kind: kind('none') }),
  z.strictObject({ kind: kind('uniform'), halfWidth: timeLeaf() }),
  z.strictObject({
    kind: kind('normal'),
    sigma: timeLeaf(),
    bound: numberLeaf('a number of standard deviations such as 3', { min: 0.1, max: 8 }).optional(),
  }),
  z.strictObject({
    kind: kind('pareto'),
    scale: timeLeaf(),
    shape: numberLeaf('a number such as 3', { min: 0.1, max: 100 }).optional(),
    cap: timeLeaf(),
  }),
  z.strictObject({ kind: kind('table'), quantiles: z.array(timeLeaf()).min(2) }),
]);

/** Jitter: the half width of a uniform distribution, or a map that describes a distribution. */
const jitterSchema = z
  .union([timeLeaf(), jitterKinds])
  .transform((jitter): JitterSpec => {
    if (typeof jitter === 'number') return { kind: 'uniform', halfWidthNs: jitter };
    switch (jitter.kind) {
      case 'none':
        return jitter;
      case 'uniform':
        return { kind: 'uniform', halfWidthNs: jitter.halfWidth };
      case 'normal':
        return omitUndefined({ kind: 'normal', sigmaNs: jitter.sigma, boundSigmas: jitter.bound });
      case 'pareto':
        return omitUndefined({
          kind: 'pareto',
          scaleNs: jitter.scale,
          shape: jitter.shape,
          capNs: jitter.cap,
        });
      case 'table':
        return { kind: 'table', quantilesNs: jitter.quantiles };
      default:
        return jitter satisfies never;
    }
  })
  .meta({
    description:
      'Random delay added to each packet: the half width of a uniform distribution, or ' +
      'another distribution.',
    default: { kind: 'none' },
    examples: ['2ms'],
  });

/** Whether packets may overtake each other. */
const reorderSchema = z
  .union([
    booleanLeaf(),
    z.strictObject({
      probability: shareLeaf(),
      gap: wholeNumberLeaf('a number such as 5', { min: 1 }),
    }),
  ])
  .transform((reorder): ReorderSpec => reorder)
  .meta({ description: 'Whether jitter may reorder packets.', default: false });

/** Bit errors: a share of packets, or share and number of bits. */
const corruptSchema = z
  .union([
    shareLeaf(),
    z.strictObject({
      probability: shareLeaf(),
      bits: wholeNumberLeaf('a number of bits', { min: 1, max: 64 }).optional(),
    }),
  ])
  .transform(
    (corrupt): CorruptSpec =>
      typeof corrupt === 'number' ? { probability: corrupt } : omitUndefined(corrupt),
  )
  .meta({ description: 'Share of packets with flipped bits.', default: 0, examples: ['0.01%'] });

// --- queue and limiter ------------------------------------------------------------------------

/** Largest share of a link for the most urgent class: any node can send in it, so a quarter stays for data. */
const PRIORITY_SHARE_MAX = 0.75;

type DropTail = Extract<QueueSpec, { kind: 'drop-tail' }>;

const limitsShape = {
  packets: wholeNumberLeaf('a number of packets such as 1000', { min: 0 }).optional(),
  bytes: sizeLeaf().optional(),
};

function limits(given: {
  readonly packets?: number | undefined;
  readonly bytes?: number | undefined;
}): Omit<DropTail, 'kind'> {
  return omitUndefined({ limitPackets: given.packets, limitBytes: given.bytes });
}

const queueKinds = z.discriminatedUnion('kind', [
  z.strictObject({ kind: kind('drop-tail'), ...limitsShape }),
  z.strictObject({
    kind: kind('codel'),
    target: timeLeaf(POSITIVE_NS).optional(),
    interval: timeLeaf(POSITIVE_NS).optional(),
    maxPacket: sizeLeaf().optional(),
    packets: limitsShape.packets,
  }),
  z.strictObject({
    kind: kind('priority'),
    classes: z.array(z.strictObject(limitsShape)).min(1).max(16),
    classOfDscp: z
      .array(wholeNumberLeaf('a class number from 0', { min: 0, max: 15 }))
      .length(64)
      .optional(),
    shareMax: shareLeaf().optional().meta({
      description:
        'Largest share of the bytes that a class takes while lower ones wait; 100% is strict.',
      default: PRIORITY_SHARE_MAX,
    }),
  }),
]);

/** Length of a drop-tail queue in packets or bytes. */
function queueLimit(): Leaf<DropTail> {
  const expects = 'a length such as 1000packets, 1MB';
  const json = { type: 'string', examples: ['1000packets', '1MB'] };
  return makeLeafSchema(expects, json, (value): LeafResult<DropTail> => {
    if (typeof value === 'number') {
      return leafMistakeResult(
        'E102',
        `${value} has no unit, expected ${expects}`,
        `write ${value}packets`,
      );
    }
    if (typeof value !== 'string') return wrongShapeResult(value, expects);
    const found = readQuantity(value);
    if (found === undefined) return leafMistakeResult('E103', `"${value}" is not ${expects}`);
    if (found.value < 0) return leafMistakeResult('E115', `${value} is below the minimum 0`);
    if (found.kind === 'packets' && Number.isInteger(found.value)) {
      return { value: { kind: 'drop-tail', limitPackets: found.value } };
    }
    if (found.kind === 'size' && Number.isInteger(found.value)) {
      return { value: { kind: 'drop-tail', limitBytes: found.value } };
    }
    return leafMistakeResult('E103', `${value} is not ${expects}`);
  });
}

/** Queue: the length of a drop-tail queue, or a discipline. */
const queueSchema = z
  .union([queueLimit(), queueKinds])
  .transform((queue): QueueSpec => {
    switch (queue.kind) {
      case 'drop-tail':
        return 'packets' in queue || 'bytes' in queue
          ? { kind: 'drop-tail', ...limits(queue) }
          : omitUndefined(queue);
      case 'codel':
        return omitUndefined({
          kind: 'codel',
          targetNs: queue.target,
          intervalNs: queue.interval,
          maxPacketBytes: queue.maxPacket,
          limitPackets: queue.packets,
        });
      case 'priority':
        return omitUndefined({
          kind: 'priority',
          classes: queue.classes.map(limits),
          classOfDscp: queue.classOfDscp,
          shareMax: queue.shareMax ?? PRIORITY_SHARE_MAX,
        });
      default:
        return queue satisfies never;
    }
  })
  .meta({
    description: 'Length of a drop-tail queue, or a queue discipline.',
    default: '1000packets',
    examples: ['1000packets', '1MB'],
  });

/** Rate limiter before the transmitter. */
const tokenBucketSchema = z
  .strictObject({
    rate: bitRateLeaf(),
    burst: sizeLeaf({ min: 1, minText: '1B' }),
    mode: enumLeaf(['shape', 'police']),
  })
  .transform(
    ({ rate: bits, burst, mode }): TokenBucketSpec => ({
      rateBytesPerSecond: bits / 8,
      burstBytes: burst,
      mode,
    }),
  )
  .meta({ description: 'Rate limiter before the transmitter. Default none.' });

// --- contacts ---------------------------------------------------------------------------------

/** The actual times of one planned contact, or that it does not happen. */
const actualSchema = z
  .strictObject({
    contact: timeLeaf().meta({
      description: 'Its planned beginning; of one repetition if windows repeat.',
    }),
    start: timeLeaf().optional().meta({ description: 'Begins late, at this time.' }),
    end: timeLeaf().optional().meta({ description: 'Ends early, at this time.' }),
    missing: booleanLeaf().optional().meta({ description: 'Does not take place.', default: false }),
  })
  .transform(
    ({ contact, start, end, missing }): ActualContactSpec =>
      omitUndefined({
        plannedStartNs: contact,
        startNs: start,
        endNs: end,
        isMissing: missing === true ? true : undefined,
      }),
  );

/** Scheduled contacts: the windows of time in which a direction can send. */
const contactsSchema = z
  .strictObject({
    windows: z
      .array(
        z.strictObject({
          start: timeLeaf(),
          end: timeLeaf(),
          rate: bitRateLeaf().optional(),
          delay: timeLeaf().optional(),
        }),
      )
      .min(1),
    period: timeLeaf(POSITIVE_NS).optional(),
    outside: enumLeaf(['queue', 'drop']).optional().meta({
      description: 'What happens to packets offered between contacts.',
      default: 'queue',
    }),
    atEnd: enumLeaf(['keep', 'drop']).optional().meta({
      description: 'What happens to packets that wait in the link when a contact ends.',
      default: 'keep',
    }),
    actual: z.array(actualSchema).optional().meta({
      description: 'Where the truth differs from the windows, which nodes see as the plan.',
    }),
  })
  .transform(
    ({ windows, period, outside, atEnd, actual }): ContactsSpec =>
      omitUndefined({
        windows: windows.map((window) =>
          omitUndefined({
            startNs: window.start,
            endNs: window.end,
            rateBps: window.rate,
            delayNs: window.delay,
          }),
        ),
        periodNs: period,
        outside,
        atEnd,
        actual,
      }),
  )
  .meta({ description: 'Windows in which the direction can send. Default: always.' });

// --- a direction ------------------------------------------------------------------------------

/** A trace file that a rate or a delay follows. */
export interface RateOrDelayFile {
  readonly file: string;
  /** Unit of those values that are written without a unit. */
  readonly unit?: string;
  readonly periodNs?: number;
}

/** An incomplete direction: keys may be absent, and the trace files of its rate and delay are not read yet. */
export type DirectionDraft = Partial<LinkDirectionSpec> & {
  readonly rateFile?: RateOrDelayFile;
  readonly delayFile?: RateOrDelayFile;
};

const paceSchema = z
  .strictObject({
    trace: textLeaf('the path of a file').meta({
      description: 'Lines "seconds,value"; of a rate also milliseconds as mahimahi has them.',
    }),
    unit: textLeaf('a unit such as Mbit/s').optional().meta({
      description: 'Unit of values that have none.',
    }),
    period: timeLeaf(POSITIVE_NS).optional().meta({
      description: 'The trace begins again after this time. Default: its last value stays.',
    }),
  })
  .transform(({ trace, unit, period }): RateOrDelayFile => {
    return omitUndefined({ file: trace, unit, periodNs: period });
  });

const delay = z
  .union([timeLeaf(), paceSchema])
  .meta({ description: 'One-way propagation delay.', examples: ['10ms'] });

/** The keys of a direction and their schemas; an absent key takes its value from the file's defaults. */
export const directionShape = {
  rate: z
    .union([bitRateLeaf(), paceSchema])
    .optional()
    .meta({ description: 'Bit rate, or unlimited, or a file that it follows.' }),
  delay: delay.optional(),
  latency: delay.optional().meta({ description: 'Synonym of delay.' }),
  overhead: sizeLeaf().optional().meta({ description: 'Added to each packet.', default: '0B' }),
  mtu: sizeLeaf({ min: 1, max: 65_535, maxText: '65535B' })
    .optional()
    .meta({ description: 'Largest datagram.', default: '65535B' }),
  queue: queueSchema.optional(),
  tokenBucket: tokenBucketSchema.optional(),
  loss: lossSchema.optional(),
  corrupt: corruptSchema.optional(),
  duplicate: shareLeaf().optional().meta({ description: 'Share of packets that arrive twice.' }),
  jitter: jitterSchema.optional(),
  reorder: reorderSchema.optional(),
  inFlight: enumLeaf(['lost', 'delivered']).optional().meta({
    description: 'What happens to packets in flight when the direction goes down.',
    default: 'lost',
  }),
  contacts: contactsSchema.optional(),
};

const directionSchema = z.strictObject(directionShape);

/** Values of a direction as parsed. */
export type DirectionInput = z.output<typeof directionSchema>;

/** Schema of one direction of a link, whose values override those of the link. */
export const directionOverrideSchema = directionSchema.meta({
  description: 'Values of this direction only.',
});

/** Converts a parsed direction to base units; fields that were not given are absent. */
export function toDirectionDraft(input: DirectionInput): UndefinedOmitted<DirectionDraft> {
  const wait = input.delay ?? input.latency;
  return omitUndefined({
    ...(typeof input.rate === 'object' ? { rateFile: input.rate } : { rateBps: input.rate }),
    ...(typeof wait === 'object' ? { delayFile: wait } : { delayNs: wait }),
    overheadBytes: input.overhead,
    mtu: input.mtu,
    queue: input.queue,
    tokenBucket: input.tokenBucket,
    loss: input.loss,
    corrupt: input.corrupt,
    duplicate: input.duplicate,
    jitter: input.jitter,
    reorder: input.reorder,
    inFlight: input.inFlight,
    contacts: input.contacts,
  });
}
