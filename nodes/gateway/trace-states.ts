/**
 * The states that the gateway traces about its peers in addition to its paths
 * (`_kit/path-states.ts`): nodes write them, drawings read them.
 *
 * @module
 */
import {
  countFormat,
  countWithUnitFormat,
  hexBitsFormat,
  listFormat,
  oneOfFormat,
  optionalFormat,
  type TextFormat,
  textFormatFromTemplate,
  wordFormat,
} from '../_kit/text-form.ts';
import { declareStatePerPath, declareStatePerPeer } from '../_kit/trace-state.ts';
import { STRATEGY_KINDS } from './multipath/strategy.ts';
import { PATH_REASONS } from './multipath/types.ts';

/**
 * Where segments are from: computed from the topology before the run, or requested from the control service of the
 * AS.
 */
export const PATH_SOURCES = ['computed', 'control-service'] as const;

/** The steps of a handshake, seen from one side. */
export const HANDSHAKE_STEPS = [
  'opening-sent',
  'opening-received',
  'answer-sent',
  'answer-received',
  'confirmed',
] as const;
/** A step of a handshake. */
export type HandshakeStep = (typeof HANDSHAKE_STEPS)[number];

/** Largest number of bits of a replay window that are traced, newest first; a multiple of 4. */
export const TRACED_WINDOW_BITS_MAX = 1024;

/** Whether an SCMP error accuses a path and no later answer has refuted it. */
export const ACCUSED_PATH_TRACE = declareStatePerPath(
  'accused {path} to {peer}',
  textFormatFromTemplate('{isAccused}', { isAccused: oneOfFormat(['yes', 'no']) }),
);

/**
 * What speaks for a path, or against it, such as `not-better base=24012us hops=8 mtu=1472 expires=21600000000000 source
 * control-service revoked no share=0% queue=0us`: the last two values are the share of packets that the strategy sends on
 * it, and the growth of its queue since the last group of answers.
 */
export const CANDIDATE_TRACE = declareStatePerPath(
  'candidate {path} to {peer}',
  textFormatFromTemplate(
    '{reason} base={baseRttUs} hops={hops} mtu={mtu} expires={expiresNs} source {source} revoked {revoked} share={share} queue={queueUs}',
    {
      reason: oneOfFormat(PATH_REASONS),
      baseRttUs: optionalFormat(countWithUnitFormat('us')),
      hops: countFormat,
      mtu: countFormat,
      expiresNs: countFormat,
      source: oneOfFormat(PATH_SOURCES),
      revoked: oneOfFormat(['yes', 'no']),
      share: countWithUnitFormat('%'),
      queueUs: countWithUnitFormat('us'),
    },
  ),
);
/** A candidate, as {@link CANDIDATE_TRACE} reads it from a trace. */
export type TracedCandidate = NonNullable<ReturnType<(typeof CANDIDATE_TRACE)['state']['read']>>;

/**
 * How packets leave, such as `striping voice via-120, bulk -`: the strategy, then the path of each
 * traffic class.
 */
export const SENDING_TRACE = declareStatePerPeer(
  'sending to {peer}',
  textFormatFromTemplate('{strategy} {classes}', {
    strategy: oneOfFormat(STRATEGY_KINDS),
    classes: listFormat(
      textFormatFromTemplate('{name} {path}', {
        name: wordFormat,
        path: optionalFormat(wordFormat),
      }),
      ', ',
    ),
  }),
);

/** How packets leave, as {@link SENDING_TRACE} reads it from a trace. */
export type TracedSending = NonNullable<ReturnType<(typeof SENDING_TRACE)['state']['read']>>;

/** The epoch of a session. */
export const SESSION_TRACE = declareStatePerPeer(
  'session {peer}',
  textFormatFromTemplate('epoch {epoch}', { epoch: countFormat }),
);

/**
 * The replay window, such as `high=81204 epoch=1 size=1024 seen=ff7f`: the highest number accepted
 * in this epoch, the size of the whole window in bits, and whether `highest - index` was seen.
 */
export const WINDOW_TRACE = declareStatePerPeer(
  'window of {peer}',
  textFormatFromTemplate('high={highest} epoch={epoch} size={size} seen={seen}', {
    highest: countFormat,
    epoch: countFormat,
    size: countFormat,
    seen: hexBitsFormat,
  }),
);
/** A replay window, as {@link WINDOW_TRACE} reads it from a trace. */
export type TracedReplayWindow = NonNullable<ReturnType<(typeof WINDOW_TRACE)['state']['read']>>;

const STEP_LIST = listFormat(
  textFormatFromTemplate('{step}={atNs}', {
    step: oneOfFormat(HANDSHAKE_STEPS),
    atNs: countFormat,
  }),
  ' ',
);
const STEP_TIMES: TextFormat<ReadonlyMap<HandshakeStep, number>> = {
  write: (times) => STEP_LIST.write([...times].map(([step, atNs]) => ({ step, atNs }))),
  read: (text): ReadonlyMap<HandshakeStep, number> | undefined => {
    const steps = STEP_LIST.read(text);
    return steps && new Map(steps.map(({ step, atNs }) => [step, atNs]));
  },
};

/**
 * The latest handshake, such as `epoch=1 sendings=2 opening-sent=1000 answer-received=24000500`:
 * how often the opening was sent (0 on the answering side), and instants of the run in ns by step.
 */
export const HANDSHAKE_TRACE = declareStatePerPeer(
  'handshake with {peer}',
  textFormatFromTemplate('epoch={epoch} sendings={sendings} {steps}', {
    epoch: countFormat,
    sendings: countFormat,
    steps: STEP_TIMES,
  }),
);
/** A handshake, as {@link HANDSHAKE_TRACE} reads it from a trace. */
export type TracedHandshake = NonNullable<ReturnType<(typeof HANDSHAKE_TRACE)['state']['read']>>;
