/**
 * Log lines of live nodes for the operator: JSON lines on stderr, written before the call returns,
 * so that nothing is lost when the process ends.
 *
 * @module
 */
import { pino } from 'pino';
import type { LogSink } from '../net/sim-observers.ts';

/** Levels of log lines, the least important first. */
export type LogLevel = 'debug' | 'info' | 'warn';

const STDERR = 2;

/** Makes a sink that writes lines of this level and above. */
export function createLiveLogSink(level: LogLevel): LogSink {
  const logger = pino({ level, base: null }, pino.destination({ dest: STDERR, sync: true }));
  return (host, lineLevel, message, fields): void =>
    logger[lineLevel]({ ...fields, host }, message);
}
