/**
 * The epsilon that a number of steps of Gaussian noise guarantees, and the noise for a target epsilon,
 * by both accountants of `nodes/federated/privacy`.
 *
 * @module
 */
import { PrivacyAccountant, type PrivacySettings } from '../nodes/federated/privacy/index.ts';

/** The epsilon spent with a noise, by both accountants. */
interface Spent {
  readonly renyi: number;
  readonly tight: number;
}

/** How many noisy steps there are and how clients join them, with the noise or a target epsilon. */
interface EpsilonQuestion {
  /** Probability with which a client joins a step, in (0, 1]. */
  readonly rate: number;
  /** Number of steps, at least 1. */
  readonly steps: number;
  /** The delta of (epsilon, delta) differential privacy, in (0, 1). */
  readonly delta: number;
  /**
   * Standard deviation of the noise divided by the clipping norm, above 0; if present, its epsilon is
   * computed.
   */
  readonly noise?: number;
  /** A target epsilon; if present, the smallest noise that keeps it is computed. */
  readonly target?: number;
}

/** The epsilons and noises as both accountants compute them; in JSON, Infinity becomes null. */
export interface EpsilonAccount {
  readonly rate: number;
  readonly steps: number;
  readonly delta: number;
  readonly noise?: number;
  readonly epsilon?: Spent;
  readonly target?: number;
  /** Smallest noise that keeps the target epsilon, by both accountants; null if none does. */
  readonly noiseForTarget?: { readonly renyi: number | null; readonly tight: number | null };
}

const DIGITS = 5;

/** Computes the epsilon of a noise, the noise for a target epsilon, or both; takes seconds. */
export function epsilonAccount(question: EpsilonQuestion): EpsilonAccount {
  const { rate, steps, delta, noise, target } = question;
  const settings = { mechanism: 'gaussian', place: 'central', rate, delta } as const;
  return {
    rate,
    steps,
    delta,
    ...(noise === undefined ? {} : { noise, epsilon: spentBy({ ...settings, noise }, steps) }),
    ...(target === undefined
      ? {}
      : { target, noiseForTarget: noiseFor(settings, { target, steps }) }),
  };
}

function spentBy(settings: PrivacySettings, rounds: number): Spent {
  const accountant = new PrivacyAccountant(settings, [{ clients: 1, rounds }]);
  return { renyi: accountant.epsilon(), tight: accountant.tight() };
}

function noiseFor(
  settings: Omit<PrivacySettings, 'noise'>,
  { target, steps }: { readonly target: number; readonly steps: number },
): NonNullable<EpsilonAccount['noiseForTarget']> {
  const accountant = new PrivacyAccountant({ ...settings, noise: 1 });
  const wanted = { epsilon: target, rounds: steps };
  return {
    renyi: accountant.noiseFor(wanted) ?? null,
    tight: accountant.tightNoiseFor(wanted) ?? null,
  };
}

/** The results as text in lines of at most 80 columns. */
export function renderEpsilonAccount(result: EpsilonAccount): string {
  const { rate, steps, delta, noise, epsilon, target, noiseForTarget } = result;
  const lines = [
    `Gaussian noise, rate ${rate}, ${steps.toLocaleString('en-US')} steps, delta ${delta.toExponential()}`,
    'neighbours differ by one client, added or removed',
  ];
  if (epsilon !== undefined) {
    lines.push(
      `  epsilon with noise ${noise}`,
      `    ${rounded(epsilon.renyi).padEnd(12)} by Renyi orders, as a run counts`,
      `    ${rounded(epsilon.tight).padEnd(12)} by privacy loss distributions, as it ends`,
    );
  }
  if (noiseForTarget !== undefined) {
    lines.push(
      `  noise for epsilon ${target}`,
      `    ${roundedUp(noiseForTarget.renyi).padEnd(12)} by Renyi orders`,
      `    ${roundedUp(noiseForTarget.tight).padEnd(12)} by privacy loss distributions`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function rounded(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(DIGITS) : 'no bound';
}

/** A noise as text, rounded up, because less noise would not keep the target. */
function roundedUp(value: number | null): string {
  if (value === null) return 'none does';
  const near = Number(value.toPrecision(DIGITS));
  const unit = 10 ** (Math.floor(Math.log10(value)) - DIGITS + 1);
  return (near >= value ? near : near + unit).toPrecision(DIGITS);
}
