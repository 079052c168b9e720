/**
 * Pieces from which tests build scenario files.
 *
 * @module
 */

/** A scenario up to its duration, which is missing. */
export const HEAD = 'name: bad\ntopology: net.yaml\n';
/** A scenario without traffic, events and KPIs. */
export const BASE = `${HEAD}duration: 60s\n`;
/** Two nodes that reach each other. */
export const PAIR = 'from: gateway-111, to: gateway-211';
/** A link that exists in the topology. */
export const LINK = 'link: "core-110 <-> core-210"';
/** An event that cuts this link. */
export const CUT = `${LINK}, set: { up: false }`;
/** A scenario with one flow. */
export const traffic = (entry: string): string => `${BASE}traffic:\n  - { ${entry} }\n`;
/** A scenario with one event. */
export const event = (entry: string): string => `${BASE}events:\n  - { ${entry} }\n`;
/** A scenario with one KPI. */
export const kpi = (entry: string): string => `${BASE}kpis:\n  ${entry}\n`;
