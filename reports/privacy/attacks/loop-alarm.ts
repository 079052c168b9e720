/**
 * The alarm of a mix that watches its own loops. A loop fails to return if an adversary blocks it or a
 * link loses it, so the number of loops missing in a window is compared with what loss explains
 * (docs/spec/mixnet.md, "Loops and alarms").
 *
 * @module
 */
import { binomialCdf, incompleteGamma, invertRising } from '../../statistics/special.ts';

/** Share of unblocked loops that miss their deadline. */
const LATE = 1e-6;
const NS_PER_HOUR = 3_600e9;

/** A loop of the mix; times in ns of the mix's clock. */
export interface MixLoop {
  readonly sentAt: number;
  /** When the loop returned; undefined if it has not. */
  readonly returnedAt?: number;
}

/** The parameters of the distribution of a loop's round-trip time. */
export interface LoopDelayDistribution {
  /** Number of mixes that delay a loop. */
  readonly hops: number;
  /** Mean delay at each mix, ns. */
  readonly meanDelayNs: number;
  /** Time on all links and in processing together, ns. */
  readonly transitNs: number;
}

/** Time after which a loop is overdue: transit plus the 1 - 1e-6 quantile of Erlang(hops), ns. */
export function loopOverdueAfterNs({
  hops,
  meanDelayNs,
  transitNs,
}: LoopDelayDistribution): number {
  const cdf = (x: number): number => incompleteGamma(hops, x);
  const quantile = invertRising(cdf, 1 - LATE, { low: 0, high: 40 + 10 * hops });
  return transitNs + quantile * meanDelayNs;
}

/** Settings of the alarm. */
export interface AlarmOptions {
  readonly deadlineNs: number;
  /** Loops that became due within this time are judged together, ns. */
  readonly windowNs: number;
  /** Probability that a loop is lost without an attack. */
  readonly lossProbability: number;
  /** Accepted false alarms per hour, e.g. 1e-3. */
  readonly falseAlarmsPerHour: number;
}

/**
 * Number of missing loops that raises the alarm: the smallest k with P(Binomial(n, loss + 1e-6) >= k)
 * below the accepted number of false alarms per hour divided by the number of checks per hour.
 * @param due Loops due in the window, at least 1.
 */
export function alarmThreshold(due: number, options: AlarmOptions): number {
  const { windowNs, lossProbability, falseAlarmsPerHour } = options;
  // Each loop that becomes due is one check, so a window has `due` checks.
  const level = (falseAlarmsPerHour * windowNs) / NS_PER_HOUR / due;
  const law = { n: due, p: Math.min(1, lossProbability + LATE) };
  for (let k = 1; k <= due; k += 1) {
    if (1 - binomialCdf(k - 1, law) <= level) return k;
  }
  return due + 1;
}

/**
 * The instants of alarms. After an alarm, the next one needs a check without alarm in between.
 * @param loops In the order in which they were sent.
 * @param now End of the observation, ns: loops due later do not count.
 */
export function loopAlarmInstants(
  loops: readonly MixLoop[],
  options: AlarmOptions,
  now: number,
): readonly number[] {
  const { deadlineNs, windowNs } = options;
  const raised: number[] = [];
  let first = 0;
  let missing = 0;
  for (const [i, loop] of loops.entries()) {
    const dueAt = loop.sentAt + deadlineNs;
    if (dueAt > now) break;
    while ((loops[first] as MixLoop).sentAt + deadlineNs <= dueAt - windowNs) {
      if (isOverdue(loops[first] as MixLoop, deadlineNs)) missing -= 1;
      first += 1;
    }
    if (!isOverdue(loop, deadlineNs)) continue;
    missing += 1;
    const isNew = dueAt - (raised.at(-1) ?? Number.NEGATIVE_INFINITY) > windowNs;
    if (isNew && missing >= alarmThreshold(i - first + 1, options)) raised.push(dueAt);
  }
  return raised;
}

function isOverdue({ sentAt, returnedAt }: MixLoop, deadlineNs: number): boolean {
  return returnedAt === undefined || returnedAt - sentAt > deadlineNs;
}
