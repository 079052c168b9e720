/**
 * Names values that no link can have. The loader reports them with file, line and column; the
 * network asserts that there are none.
 *
 * Rules: docs/spec/link-model.md, for serialisation (integer rates), impairments (bursts), rate
 * limits (bucket and MTU).
 *
 * @module
 */
import { LINK_SHARE_MIN } from '../pure/traffic-class.ts';
import { type ActualContactProblem, actualContactProblem } from './contact-plan.ts';
import { jitterMinNs } from './impairment/jitter.ts';
import { LINK_DIRECTION_DEFAULTS, type LinkDirectionSpec, type LossSpec } from './link-spec.ts';
import { timedStepsProblem } from './steps.ts';

/** A mistake in a specification, and the field that has it. */
export interface LinkDirectionProblem {
  /** Path of the field, for example `loss.meanBurst`. */
  readonly path: string;
  readonly message: string;
  /**
   * `error`: no link can have the value; `warning`: the link works, but not as its numbers suggest.
   */
  readonly severity: 'error' | 'warning';
}

/** All problems of one direction, in the order of its fields. */
export function linkDirectionProblems(spec: LinkDirectionSpec): LinkDirectionProblem[] {
  const problems: LinkDirectionProblem[] = [];
  const refuse = (path: string, message: string): void => {
    problems.push({ path, message, severity: 'error' });
  };
  checkRate(spec, refuse);
  if (!isInteger(spec.delayNs)) refuse('delayNs', `${spec.delayNs} is not a whole number of ns`);
  const mtu = spec.mtu ?? LINK_DIRECTION_DEFAULTS.mtu;
  if (!(mtu >= 1 && mtu <= 65_535)) refuse('mtu', `${mtu} is not in 1..65,535`);
  if (spec.loss !== undefined) checkLoss(spec.loss, refuse);
  if (!isProbability(spec.duplicate ?? 0)) refuse('duplicate', 'is not a probability (0..1)');
  checkCorrupt(spec, refuse);
  checkQueue(spec, refuse);
  checkContacts(spec, refuse);
  checkSteps(spec, refuse);
  const bucket = spec.tokenBucket;
  if (bucket !== undefined && bucket.burstBytes < mtu && spec.mtu !== undefined) {
    refuse('tokenBucket.burstBytes', `${bucket.burstBytes} is below the MTU of ${mtu} bytes`);
  }
  if (spec.jitter !== undefined && spec.delayNs + jitterMinNs(spec.jitter) < 0) {
    const message = 'delay + jitter can be negative and is then cut to 0 (counted as clamped)';
    problems.push({ path: 'jitter', message, severity: 'warning' });
  }
  return problems;
}

type Refuse = (path: string, message: string) => void;

function checkRate(spec: LinkDirectionSpec, refuse: Refuse): void {
  const rate = spec.rateBps;
  const isRate = rate === Number.POSITIVE_INFINITY || (Number.isSafeInteger(rate) && rate >= 1);
  if (!isRate) refuse('rateBps', `${rate} is not a whole number of bits per second, >= 1`);
}

function checkLoss(loss: LossSpec, refuse: Refuse): void {
  switch (loss.kind) {
    case 'bernoulli':
      if (!isProbability(loss.probability)) refuse('loss.probability', 'is not in 0..1');
      return;
    case 'burst':
      checkBurst(loss, refuse);
      return;
    case 'gilbert-elliott': {
      const all = [loss.p, loss.r, loss.lossGood, loss.lossBad];
      if (!all.every(isProbability)) refuse('loss', 'p, r, lossGood, lossBad must be in 0..1');
      if (loss.p + loss.r === 0) refuse('loss', 'p and r must not both be 0');
      return;
    }
    case 'gilbert-elliott-time':
      if (!(loss.meanGoodNs > 0 && loss.meanBadNs > 0)) refuse('loss', 'means must exceed 0');
      if (![loss.lossGood, loss.lossBad].every(isProbability)) {
        refuse('loss', 'lossGood and lossBad must be in 0..1');
      }
      return;
    case 'trace':
      if (!(loss.length >= 1)) refuse('loss.length', 'must be at least 1');
  }
}

function checkBurst(loss: Extract<LossSpec, { kind: 'burst' }>, refuse: Refuse): void {
  const { probability, meanBurst } = loss;
  if (!isProbability(probability)) refuse('loss.probability', 'is not in 0..1');
  if (!(meanBurst >= 1)) refuse('loss.meanBurst', `${meanBurst} is below 1`);
  // P(good -> bad) = L / (B (1 - L)) would exceed 1 (docs/spec/link-model.md#impairments).
  else if (probability < 1 && probability > meanBurst / (meanBurst + 1)) {
    refuse('loss', `a loss of ${probability} needs a mean burst of more than ${meanBurst} packets`);
  }
}

function checkCorrupt(spec: LinkDirectionSpec, refuse: Refuse): void {
  const { corrupt } = spec;
  if (corrupt === undefined) return;
  if (!isProbability(corrupt.probability)) refuse('corrupt.probability', 'is not in 0..1');
  const bits = corrupt.bits ?? 1;
  if (!(isInteger(bits) && bits >= 1 && bits <= 64)) refuse('corrupt.bits', 'is not in 1..64');
}

function checkQueue({ queue }: LinkDirectionSpec, refuse: Refuse): void {
  if (queue?.kind !== 'priority') return;
  const { classes, classOfDscp = [], shareMax = 1 } = queue;
  if (!(shareMax >= LINK_SHARE_MIN && shareMax <= 1)) {
    refuse('queue.shareMax', `${shareMax} is not in ${LINK_SHARE_MIN}..1`);
  }
  const unknown = classOfDscp.find((index) => index >= classes.length);
  if (unknown !== undefined) refuse('queue.classOfDscp', `there is no class ${unknown}`);
}

function checkContacts(spec: LinkDirectionSpec, refuse: Refuse): void {
  let lastEnd = 0;
  for (const [index, window] of (spec.contacts?.windows ?? []).entries()) {
    const path = `contacts.windows[${index}]`;
    if (window.startNs < lastEnd) refuse(path, 'overlaps or precedes the window before it');
    if (window.endNs <= window.startNs) refuse(path, 'ends before it starts');
    lastEnd = window.endNs;
  }
  const period = spec.contacts?.periodNs;
  if (period !== undefined && period < lastEnd) {
    refuse('contacts.periodNs', 'is shorter than the windows it repeats');
  }
  const wrong = spec.contacts && actualContactProblem(spec.contacts);
  if (wrong === undefined) return;
  refuse(`contacts.actual[${wrong.index}]`, ACTUAL_PROBLEMS[wrong.kind]);
}

function checkSteps(spec: LinkDirectionSpec, refuse: Refuse): void {
  for (const key of ['rateSteps', 'delaySteps'] as const) {
    const steps = spec[key];
    if (steps === undefined) continue;
    const wrong = timedStepsProblem(steps);
    if (wrong !== undefined) refuse(key, wrong);
    else if (spec.contacts !== undefined) refuse(key, 'cannot be combined with contacts');
  }
}

const ACTUAL_PROBLEMS: Readonly<Record<ActualContactProblem, string>> = {
  order: 'must come after the entry before it',
  unplanned: 'names an instant at which no planned contact begins',
  missing: 'is missing and has times nevertheless',
  start: 'begins outside of its planned window',
  end: 'ends outside of its planned window, or before it begins',
};

function isProbability(value: number): boolean {
  return value >= 0 && value <= 1;
}

function isInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
