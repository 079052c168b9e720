/**
 * Settings that defects of several scenarios have in common.
 *
 * @module
 */
import type { Overrides } from './double-row.ts';

export const REFERENCE: Overrides = { 'options.gateway.multipath.mode': 'reference' };
export const RUST: Overrides = { 'options.gateway.antiReplay.window': 'rust' };
/** With the 1,024 places that it was published with. */
export const GO: Overrides = {
  'options.gateway.antiReplay.window': 'go',
  'options.gateway.antiReplay.windowSize': '1024',
};

/** Any probe that is slightly late makes its path count as down. */
export const NERVOUS: Overrides = {
  'options.gateway.multipath.misses': '1',
  'options.gateway.multipath.timeoutMargin': '0ms',
  'options.gateway.multipath.timeoutFloor': '0ms',
};

/**
 * Links that 200 packets of 1,200 bytes per second fill, so that their queues hold seconds of
 * traffic.
 */
export const BLOATED: Overrides = { 'topology.defaults.link.rate': '1500kbit/s' };

/** Links on which a packet of 1,200 bytes takes 1.9 ms, so that a path of 10 ms takes 20. */
export const SLOWER: Overrides = { 'topology.defaults.link.rate': '5Mbit/s' };

/** Links between systems of 10 ms, so that each path takes 40 ms. */
export const FAR: Overrides = Object.fromEntries(
  Array.from({ length: 12 }, (_, at) => [`topology.links.${6 + at}.delay`, '10ms']),
);

/** Half a second at the shipped rate, for limits that depend on the rate. */
export const FULL: Overrides = {
  duration: '4500ms',
  warmup: '4s',
  'traffic.0.start': '3900ms',
  events: '[]',
};

export const SLOW: Overrides = { warmup: '3s', crypto: 'modelled', 'traffic.0.rate': '200/s' };

/** The last messages are sent early enough for their repetitions. */
export const STOP_AT_20: Overrides = { 'traffic.0.stop': '20s', 'traffic.1.stop': '20s' };
