/**
 * YAML of one direction of a link: every field of `DirectionSpec`, with units
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
  DirectionSpec,
  JitterSpec,
  LossSpec,
  QueueSpec,
  ReorderSpec,
  TokenBucketSpec,
} from '../../engine/net/link-spec.ts';
import { type Defined, defined } from '../files/defined.ts';
import {
  flag,
  type Leaf,
  type LeafResult,
  leaf,
  text,
  wordLeaf,
  wrong,
  wrongShapeResult,
} from '../files/leaf.ts';
import { number, rate, share, size, time, whole } from '../files/quantity.ts';
import { readQuantity } from '../files/units.ts';

const POSITIVE_NS = { min: 1, minText: '1ns' };
const kind = <const Name extends string>(name: Name): z.ZodLiteral<Name> => z.literal(name);

// --- loss -------------------------------------------------------------------------------------

const lossKinds = z.discriminatedUnion('kind', [
  z.strictObject({ kind: kind('bernoulli'), probability: share() }),
  z.strictObject({
    kind: kind('burst'),
    probability: share().meta({ description: 'Overall share of lost packets.' }),
    meanBurst: number('a number of packets such as 5', { min: 1 }).meta({
      description: 'Mean number of consecutive losses, at least 1.',
    }),
  }),
  z.strictObject({
    kind: kind('gilbert-elliott'),
    p: share().meta({ description: 'P(good to bad) per packet.' }),
    r: share().meta({ description: 'P(bad to good) per packet.' }),
    lossGood: share(),
    lossBad: share(),
  }),
  z.strictObject({
    kind: kind('gilbert-elliott-time'),
    meanGood: time(POSITIVE_NS),
    meanBad: time(POSITIVE_NS),
    lossGood: share(),
    lossBad: share(),
  }),
  z.strictObject({
    kind: kind('trace'),
    lost: z.array(whole('a packet index such as 17', { min: 0 })),
    length: whole('a number of packets such as 1000', { min: 1 }),
    atEnd: wordLeaf(['repeat', 'end']),
  }),
]);

/** Loss: a share, or a model. */
const lossSchema = z
  .union([share(), lossKinds])
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
  z.strictObject({ kind: kind('uniform'), halfWidth: time() }),
  z.strictObject({
    kind: kind('normal'),
    sigma: time(),
    bound: number('a number of standard deviations such as 3', { min: 0.1, max: 8 }).optional(),
  }),
  z.strictObject({
    kind: kind('pareto'),
    scale: time(),
    shape: number('a number such as 3', { min: 0.1, max: 100 }).optional(),
    cap: time(),
  }),
  z.strictObject({ kind: kind('table'), quantiles: z.array(time()).min(2) }),
]);

/** Jitter: the half width of a uniform distribution, or a distribution. */
const jitterSchema = z
  .union([time(), jitterKinds])
  .transform((jitter): JitterSpec => {
    if (typeof jitter === 'number') return { kind: 'uniform', halfWidthNs: jitter };
    switch (jitter.kind) {
      case 'none':
        return jitter;
      case 'uniform':
        return { kind: 'uniform', halfWidthNs: jitter.halfWidth };
      case 'normal':
        return defined({ kind: 'normal', sigmaNs: jitter.sigma, boundSigmas: jitter.bound });
      case 'pareto':
        return defined({
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
    flag(),
    z.strictObject({ probability: share(), gap: whole('a number such as 5', { min: 1 }) }),
  ])
  .transform((reorder): ReorderSpec => reorder)
  .meta({ description: 'Whether jitter may reorder packets.', default: false });

/** Bit errors: a share of packets, or share and number of bits. */
const corruptSchema = z
  .union([
    share(),
    z.strictObject({
      probability: share(),
      bits: whole('a number of bits', { min: 1, max: 64 }).optional(),
    }),
  ])
  .transform(
    (corrupt): CorruptSpec =>
      typeof corrupt === 'number' ? { probability: corrupt } : defined(corrupt),
  )
  .meta({ description: 'Share of packets with flipped bits.', default: 0, examples: ['0.01%'] });

// --- queue and limiter ------------------------------------------------------------------------

/** Anybody can send in the most urgent class, so data keeps a quarter of a link. */
const PRIORITY_SHARE_MAX = 0.75;

type DropTail = Extract<QueueSpec, { kind: 'drop-tail' }>;

const limitsShape = {
  packets: whole('a number of packets such as 1000', { min: 0 }).optional(),
  bytes: size().optional(),
};

function limits(given: {
  readonly packets?: number | undefined;
  readonly bytes?: number | undefined;
}): Omit<DropTail, 'kind'> {
  return defined({ limitPackets: given.packets, limitBytes: given.bytes });
}

const queueKinds = z.discriminatedUnion('kind', [
  z.strictObject({ kind: kind('drop-tail'), ...limitsShape }),
  z.strictObject({
    kind: kind('codel'),
    target: time(POSITIVE_NS).optional(),
    interval: time(POSITIVE_NS).optional(),
    maxPacket: size().optional(),
    packets: limitsShape.packets,
  }),
  z.strictObject({
    kind: kind('priority'),
    classes: z.array(z.strictObject(limitsShape)).min(1).max(16),
    classOfDscp: z
      .array(whole('a class number from 0', { min: 0, max: 15 }))
      .length(64)
      .optional(),
    shareMax: share().optional().meta({
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
  return leaf(expects, json, (value): LeafResult<DropTail> => {
    if (typeof value === 'number') {
      return wrong('E102', `${value} has no unit, expected ${expects}`, `write ${value}packets`);
    }
    if (typeof value !== 'string') return wrongShapeResult(value, expects);
    const found = readQuantity(value);
    if (found === undefined) return wrong('E103', `"${value}" is not ${expects}`);
    if (found.value < 0) return wrong('E115', `${value} is below the minimum 0`);
    if (found.kind === 'packets' && Number.isInteger(found.value)) {
      return { value: { kind: 'drop-tail', limitPackets: found.value } };
    }
    if (found.kind === 'size' && Number.isInteger(found.value)) {
      return { value: { kind: 'drop-tail', limitBytes: found.value } };
    }
    return wrong('E103', `${value} is not ${expects}`);
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
          : defined(queue);
      case 'codel':
        return defined({
          kind: 'codel',
          targetNs: queue.target,
          intervalNs: queue.interval,
          maxPacketBytes: queue.maxPacket,
          limitPackets: queue.packets,
        });
      case 'priority':
        return defined({
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
    rate: rate(),
    burst: size({ min: 1, minText: '1B' }),
    mode: wordLeaf(['shape', 'police']),
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

/** What became of one planned contact. */
const actualSchema = z
  .strictObject({
    contact: time().meta({
      description: 'Its planned beginning; of one repetition if windows repeat.',
    }),
    start: time().optional().meta({ description: 'Begins late, at this time.' }),
    end: time().optional().meta({ description: 'Ends early, at this time.' }),
    missing: flag().optional().meta({ description: 'Does not take place.', default: false }),
  })
  .transform(
    ({ contact, start, end, missing }): ActualContactSpec =>
      defined({
        plannedStartNs: contact,
        startNs: start,
        endNs: end,
        isMissing: missing === true ? true : undefined,
      }),
  );

/** Scheduled contacts. */
const contactsSchema = z
  .strictObject({
    windows: z
      .array(
        z.strictObject({
          start: time(),
          end: time(),
          rate: rate().optional(),
          delay: time().optional(),
        }),
      )
      .min(1),
    period: time(POSITIVE_NS).optional(),
    outside: wordLeaf(['queue', 'drop']).optional().meta({
      description: 'What happens to packets offered between contacts.',
      default: 'queue',
    }),
    atEnd: wordLeaf(['keep', 'drop']).optional().meta({
      description: 'What happens to packets that wait in the link when a contact ends.',
      default: 'keep',
    }),
    actual: z.array(actualSchema).optional().meta({
      description: 'Where the truth differs from the windows, which nodes see as the plan.',
    }),
  })
  .transform(
    ({ windows, period, outside, atEnd, actual }): ContactsSpec =>
      defined({
        windows: windows.map((window) =>
          defined({
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

/** A file that a rate or a delay follows. */
export interface PaceFile {
  readonly file: string;
  /** Unit of values without one. */
  readonly unit?: string;
  readonly periodNs?: number;
}

/** An incomplete direction: the files that its rate and delay follow are not read yet. */
export type DirectionDraft = Partial<DirectionSpec> & {
  readonly rateFile?: PaceFile;
  readonly delayFile?: PaceFile;
};

const paceSchema = z
  .strictObject({
    trace: text('the path of a file').meta({
      description: 'Lines "seconds,value"; of a rate also milliseconds as mahimahi has them.',
    }),
    unit: text('a unit such as Mbit/s').optional().meta({
      description: 'Unit of values that have none.',
    }),
    period: time(POSITIVE_NS).optional().meta({
      description: 'The trace begins again after this time. Default: its last value stays.',
    }),
  })
  .transform(({ trace, unit, period }): PaceFile => {
    return defined({ file: trace, unit, periodNs: period });
  });

const delay = z
  .union([time(), paceSchema])
  .meta({ description: 'One-way propagation delay.', examples: ['10ms'] });

/** Keys of a direction; each may be left to the file's defaults. */
export const directionShape = {
  rate: z
    .union([rate(), paceSchema])
    .optional()
    .meta({ description: 'Bit rate, or unlimited, or a file that it follows.' }),
  delay: delay.optional(),
  latency: delay.optional().meta({ description: 'Synonym of delay.' }),
  overhead: size().optional().meta({ description: 'Added to each packet.', default: '0B' }),
  mtu: size({ min: 1, max: 65_535, maxText: '65535B' })
    .optional()
    .meta({ description: 'Largest datagram.', default: '65535B' }),
  queue: queueSchema.optional(),
  tokenBucket: tokenBucketSchema.optional(),
  loss: lossSchema.optional(),
  corrupt: corruptSchema.optional(),
  duplicate: share().optional().meta({ description: 'Share of packets that arrive twice.' }),
  jitter: jitterSchema.optional(),
  reorder: reorderSchema.optional(),
  inFlight: wordLeaf(['lost', 'delivered']).optional().meta({
    description: 'What happens to packets in flight when the direction goes down.',
    default: 'lost',
  }),
  contacts: contactsSchema.optional(),
};

const directionSchema = z.strictObject(directionShape);

/** Values of a direction as parsed. */
export type DirectionInput = z.output<typeof directionSchema>;

/** One direction that overrides the link's values. */
export const overrideSchema = directionSchema.meta({
  description: 'Values of this direction only.',
});

/** Parsed values in base units; absent fields were not given. */
export function toDirection(input: DirectionInput): Defined<DirectionDraft> {
  const wait = input.delay ?? input.latency;
  return defined({
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
