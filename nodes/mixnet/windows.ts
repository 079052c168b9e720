/**
 * Mixnet: arrival windows of stop-and-go mixing, converted between the calendar time that senders
 * write and a node's monotonic clock (docs/spec/mixnet.md, "Stop-and-go windows").
 *
 * @module
 */
import type { Nanoseconds } from '../../engine/host/time.ts';
import type { HostPart } from '../_kit/host-part.ts';
import type { RoutingCommand } from '../sphinx/index.ts';
import type { ArrivalWindowSettings } from './client/index.ts';
import type { MixnetOptions } from './config.ts';

const MS_PER_SECOND = 1_000;
const NS_PER_MS = 1_000_000;

type Clocks = HostPart<'now' | 'clock'>;

/**
 * Makes the settings of the arrival windows in packets; an empty object unless mixes use
 * stop-and-go mixing.
 */
export function makeArrivalWindowSettings(
  host: Clocks,
  { mixing }: MixnetOptions,
): { readonly windows?: ArrivalWindowSettings } {
  if (mixing.strategy !== 'stop-and-go') return {};
  const calendarMsAt = (at: Nanoseconds): number => {
    const { seconds, nanos } = host.clock();
    return seconds * MS_PER_SECOND + Math.floor((nanos + at - host.now()) / NS_PER_MS);
  };
  return { windows: { lengthNs: mixing.window, calendarMsAt } };
}

/**
 * Reads the arrival window of a packet at this node, by the node's monotonic clock, ns; undefined
 * if the packet has no window.
 */
export function readArrivalWindow(
  commands: readonly RoutingCommand[],
  host: Clocks,
): readonly [first: Nanoseconds, last: Nanoseconds] | undefined {
  const found = commands.find((command) => command.kind === 'nodeWindow');
  if (found === undefined) return undefined;
  const { seconds, nanos } = host.clock();
  const first = host.now() - nanos + (found.firstMs - seconds * MS_PER_SECOND) * NS_PER_MS;
  return [first, first + found.spanMs * NS_PER_MS];
}
