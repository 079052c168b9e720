/**
 * The text of a journey: one line per event, at most 80 columns wide, the same on every machine.
 *
 * @module
 */
import { greatestOf } from '../../engine/pure/extremes.ts';

/** One step of a journey. */
export interface JourneyLine {
  /** Time since the application's request, ns. */
  readonly afterNs: number;
  readonly node: string;
  readonly text: string;
}

/** The journey of one packet of an application. */
export interface Journey {
  readonly title: string;
  /** When the application sent its request, ns. */
  readonly atNs: number;
  readonly lines: JourneyLine[];
}

const COLUMNS = 80;
const NODE_MAX = 16;
const NS_PER_SECOND = 1_000_000_000;

/** Renders one journey with its title. */
export function renderJourney({ title, atNs, lines }: Journey): string {
  const times = lines.map(({ afterNs }) => `+${groupDigits(afterNs)} ns`);
  const timeWidth = greatestOf([0, ...times.map(({ length }) => length)]);
  const nodeWidth = Math.min(NODE_MAX, greatestOf([0, ...lines.map(({ node }) => node.length)]));
  const rows = lines.map(({ node, text }, i) => {
    const time = (times[i] ?? '').padStart(timeWidth);
    const row = `  ${time}  ${clipped(node, nodeWidth).padEnd(nodeWidth)}  ${text}`;
    return clipped(row, COLUMNS);
  });
  return `${[clipped(`${title}, at ${secondsText(atNs)}`, COLUMNS), ...rows].join('\n')}\n`;
}

/** An integer in groups of three digits: `10 158 320`. */
export function groupDigits(value: number): string {
  return `${Math.round(value)}`.replace(/\B(?=(\d{3})+$)/g, ' ');
}

/** A duration with the unit that suits it, exact to the ns below 1 ms: `9.664 µs`. */
export function durationText(ns: number): string {
  if (ns < 1_000) return `${ns} ns`;
  if (ns < 1_000_000) return `${trimmed(ns / 1_000)} µs`;
  return `${trimmed(ns / 1_000_000)} ms`;
}

function secondsText(ns: number): string {
  const whole = Math.floor(ns / NS_PER_SECOND);
  const rest = `${ns % NS_PER_SECOND}`.padStart(9, '0');
  return `${whole}.${rest} s`;
}

function trimmed(value: number): string {
  return value.toFixed(3).replace(/\.?0+$/, '');
}

function clipped(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
