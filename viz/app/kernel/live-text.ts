/**
 * Texts about a run in progress.
 *
 * @module
 */
import type { Report } from '../../../reports/report-schema.ts';
import type { LiveRunStatus } from '../../format/live-wire.ts';
import type { LiveFeedState } from '../data/live-feed.ts';

/** Says how far the run has got, and which data this page did not receive. */
export function liveProgressText(news: LiveRunStatus): string {
  const { phase, run, seed, nowNs, durationNs, trouble } = news;
  const at = `${seconds(Math.min(nowNs, durationNs))} of ${seconds(durationNs)}`;
  const isOver = phase === 'ended' ? 'has ended' : `is at ${at}`;
  const parts = [`${run}, seed ${seed}, ${isOver}.`, droppedText(news)];
  if (!news.hasPackets)
    parts.push(
      'Live runs show states, faults, procedures and measurements; packets cannot be followed there.',
    );
  if (trouble !== undefined) parts.push(`${trouble[0]?.toUpperCase()}${trouble.slice(1)}.`);
  return parts.filter((part) => part !== '').join(' ');
}

/**
 * Says in a few words for the top bar how far the run has got; `state` is undefined before the
 * first message.
 */
export function livePhaseText(state: LiveFeedState | undefined): string {
  if (state?.link === 'lost') return 'connection lost';
  if (state?.news.phase !== 'ended') return 'goes on';
  const isWritten = state.news.report !== undefined || state.link === 'over';
  return isWritten ? 'has ended' : 'has ended, its report is being written';
}

/**
 * Says up to which instant the results of a report reach, and that its numbers may still change.
 */
export function interimReportText({ virtualSeconds, scenario }: Report): string {
  const whole = seconds(scenario.durationNs);
  const at = `Measured until ${seconds(virtualSeconds * 1e9)} of ${whole}`;
  return `${at}, provisional: limits are judged when the run has ended. Packets under way are not counted as lost.`;
}

/** Says, for the run's card in the gallery, how far a run has got. */
export function liveCardText(
  run: Pick<LiveRunStatus, 'phase' | 'seed' | 'nowNs' | 'durationNs'>,
): string {
  const { phase, seed, nowNs, durationNs } = run;
  if (phase === 'waiting') return 'The run has not begun yet.';
  if (phase === 'ended') return `Seed ${seed} has ended; its report is being written.`;
  return `Seed ${seed} is at ${seconds(Math.min(nowNs, durationNs))} of ${seconds(durationNs)}.`;
}

/** Says that the connection to the server is lost (docs/spec/browser-view.md). */
export function connectionLostText({ nowNs }: LiveRunStatus, lostMs: number): string {
  return `Reconnecting, ${Math.floor(lostMs / 1000)} s; showing until ${seconds(nowNs)}.`;
}

function droppedText({ droppedFrames, droppedRows }: LiveRunStatus): string {
  if (droppedRows === 0) return '';
  const frames = droppedFrames === 1 ? '1 frame' : `${droppedFrames} frames`;
  return `Dropped: ${frames}, ${droppedRows.toLocaleString('en')} packet rows; counts are complete.`;
}

function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(1)} s`;
}
