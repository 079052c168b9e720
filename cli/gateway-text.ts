/**
 * Formats what a running gateway reports about itself, for a terminal of 80 columns.
 *
 * @module
 */
import { greatestOf } from '../engine/pure/extremes.ts';
import { foldIntoLines, wrapIndented } from '../reports/terminal-layout.ts';
import type { GatewayStatus, PathDecision, PrintedPath, PrintedPeer } from './gateway-answers.ts';

const WIDTH = 80;
const NAME_MAX = 24;
const NS_PER_MS = 1_000_000;
const NS_PER_S = 1_000_000_000;
const S_PER_MINUTE = 60;
const S_PER_HOUR = 3_600;
const S_PER_DAY = 86_400;
/** The status of a gateway, as lines. */
export function statusText(
  node: string,
  { peers, reasons, warnings }: GatewayStatus,
): readonly string[] {
  const state = reasons.length === 0 ? 'HEALTHY' : 'UNHEALTHY';
  const about = peers.flatMap((peer) => [
    ...aboutPeer(node, peer),
    ...table(
      ['path', 'health', 'RTT', 'loss', 'heard', 'source'],
      peer.paths.map((path) => [
        markOf(path.name === peer.inUse),
        path.name,
        ...measured(path),
        ageText(path.measuredAgoNs),
        sourceOf(path),
      ]),
    ),
  ]);
  const count = `${peers.length} ${peers.length === 1 ? 'peer' : 'peers'}`;
  return [`${state}  ${node}, ${count}`, ...problemLines(reasons, warnings), ...about];
}

/** Explains why packets to a peer take their path, as lines. */
export function decisionText(node: string, decision: PathDecision): readonly string[] {
  const { candidates, strategy, lastSwitch } = decision;
  const rows = candidates.map((one) => {
    const share = `${Math.round(one.share * 100)} %`;
    return [markOf(one.isInUse), one.name, one.score.toFixed(3), ...measured(one), share];
  });
  return [
    ...addressLines(decision),
    ...aboutPeer(node, decision),
    ...problemLines(decision.reasons, decision.warnings),
    ...indented(searchText(decision.search)),
    ...indented(`strategy ${strategy}; ${switchText(lastSwitch)}`),
    ...table(['path', 'score', 'health', 'RTT', 'loss', 'packets'], rows),
    ...candidates
      .filter(({ isInUse }) => !isInUse)
      .flatMap(({ name, why }) => indented(`${name} ${why}`)),
  ];
}

function addressLines({ address, name: peer, whyPeer, classes }: PathDecision): readonly string[] {
  if (address === undefined) return [];
  const lines = classes.flatMap(({ name, keys, path, why }) => {
    const which = keys.length === 0 ? '' : `, if its ${keys.join(' and ')} fits`;
    return indented(`class ${name}${which}: ${path === undefined ? '' : `${path}, which `}${why}`);
  });
  const isOpen = classes.every(({ keys }) => keys.length > 0);
  const rest = classes.length > 0 && isOpen ? indented('no class: as below') : [];
  return [...fold(`${address} goes to ${peer}, which ${whyPeer}`), ...lines, ...rest];
}

function aboutPeer(
  node: string,
  { name, isdAs, session, inUse, why }: PrintedPeer,
): readonly string[] {
  const { epoch, ageNs = -1 } = session;
  const keys = epoch === undefined ? 'no session' : `epoch ${epoch}, keys ${ageText(ageNs)} old`;
  return [
    ...fold(`${node} to ${name} in ${isdAs}: ${keys}`),
    ...indented(inUse === undefined ? 'no path in use' : `in use: ${inUse}, which ${why}`),
  ];
}

function problemLines(reasons: readonly string[], warnings: readonly string[]): readonly string[] {
  return [...reasons, ...warnings.map((text) => `warning: ${text}`)].flatMap(indented);
}

function searchText({ combined, revoked, excluded }: PathDecision['search']): string {
  const found = `${combined} ${combined === 1 ? 'path' : 'paths'} found`;
  return `${found}, ${revoked} of them revoked, ${excluded} excluded by the policy`;
}

function switchText(last: PrintedPeer['lastSwitch']): string {
  if (last === undefined) return 'no path was chosen yet';
  const { agoNs, from, to = 'none', isFault, why } = last;
  if (from === undefined) return `no switch since the first choice ${ageText(agoNs)} ago`;
  const left = isFault ? `${from}, which ${why},` : from;
  return `last switch ${ageText(agoNs)} ago, from ${left} to ${to}${isFault ? '' : `, which ${why}`}`;
}

function measured({ health, rttNs, loss }: PrintedPath): readonly string[] {
  const rtt = rttNs < 0 ? '-' : `${(rttNs / NS_PER_MS).toFixed(1)} ms`;
  return [health, rtt, `${(loss * 100).toFixed(0)} %`];
}

function sourceOf({ source, sourceAgeNs, isRevoked }: PrintedPath): string {
  if (isRevoked) return 'revoked';
  const word = source === 'computed' ? 'topology' : source === 'cache' ? source : 'service';
  return `${word} ${ageText(sourceAgeNs)}`;
}

/** A duration as a number of at most three digits and a unit. */
function ageText(ns: number): string {
  const seconds = ns / NS_PER_S;
  if (ns < 0) return 'never';
  if (seconds < 1) return `${Math.floor(ns / NS_PER_MS)} ms`;
  if (seconds < 2 * S_PER_MINUTE) return `${Math.floor(seconds)} s`;
  if (seconds < 2 * S_PER_HOUR) return `${Math.floor(seconds / S_PER_MINUTE)} min`;
  if (seconds < 2 * S_PER_DAY) return `${Math.floor(seconds / S_PER_HOUR)} h`;
  return `${Math.floor(seconds / S_PER_DAY)} d`;
}

function markOf(isInUse: boolean): string {
  return isInUse ? '*' : '';
}

function fold(text: string): readonly string[] {
  return foldIntoLines(text.split(' '), { width: WIDTH, indent: 2, gap: ' ' });
}

function indented(text: string): readonly string[] {
  return wrapIndented(text, WIDTH, 2);
}

/**
 * Lines of a table. Its first column marks the path in use, and its second column contains the
 * names of the paths.
 */
function table(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  if (rows.length === 0) return [];
  const cells = [['', ...header], ...rows].map(([mark = '', name = '', ...rest]) => [
    mark,
    name.length > NAME_MAX ? `${name.slice(0, NAME_MAX - 3)}...` : name,
    ...rest,
  ]);
  const widths = header.map((_, column) =>
    greatestOf(cells.map((row) => row[column + 1]?.length ?? 0)),
  );
  return cells.map(([mark = '', ...row]) => {
    const padded = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return `${mark.padEnd(2)}${padded.join('  ')}`.trimEnd();
  });
}
