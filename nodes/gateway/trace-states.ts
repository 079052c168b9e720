/**
 * What the gateway traces about its peers in addition to its paths (`_kit/path-states.ts`): nodes
 * write these states, drawings read them.
 *
 * @module
 */
import { bitsForm, countForm, type Form, form, listForm, oneOf } from '../_kit/text-form.ts';
import { statePerPath, statePerPeer } from '../_kit/trace-state.ts';

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
export const WINDOW_BITS_SHOWN = 1024;

/** Whether an SCMP error accuses a path and no later answer has refuted it. */
export const ACCUSED_PATH = statePerPath(
  'accused {path} to {peer}',
  form('{isAccused}', { isAccused: oneOf(['yes', 'no']) }),
);

/** The epoch of a session. */
export const SESSION_TRACE = statePerPeer(
  'session {peer}',
  form('epoch {epoch}', { epoch: countForm }),
);

/**
 * The replay window, such as `high=81204 epoch=1 size=1024 seen=ff7f`: the highest number accepted
 * in this epoch, the size of the whole window in bits, and whether `highest - index` was seen.
 */
export const WINDOW_TRACE = statePerPeer(
  'window of {peer}',
  form('high={highest} epoch={epoch} size={size} seen={seen}', {
    highest: countForm,
    epoch: countForm,
    size: countForm,
    seen: bitsForm,
  }),
);
/** A replay window. */
export type WindowState = NonNullable<ReturnType<(typeof WINDOW_TRACE)['state']['read']>>;

const STEP_LIST = listForm(
  form('{step}={atNs}', { step: oneOf(HANDSHAKE_STEPS), atNs: countForm }),
  ' ',
);
const STEP_TIMES: Form<ReadonlyMap<HandshakeStep, number>> = {
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
export const HANDSHAKE_TRACE = statePerPeer(
  'handshake with {peer}',
  form('epoch={epoch} sendings={sendings} {steps}', {
    epoch: countForm,
    sendings: countForm,
    steps: STEP_TIMES,
  }),
);
/** A handshake. */
export type HandshakeState = NonNullable<ReturnType<(typeof HANDSHAKE_TRACE)['state']['read']>>;
