/**
 * What the gateway traces for its drawings, as human-readable text: written where the gateway runs,
 * read where the drawing is made. Text that does not parse gives `undefined`.
 *
 * @module
 */

/** The steps of a handshake, seen from one side. */
export type HandshakeStep =
  | 'opening-sent'
  | 'opening-received'
  | 'answer-sent'
  | 'answer-received'
  | 'confirmed';

/** Largest number of bits of a replay window that are traced, newest first. */
export const WINDOW_BITS_SHOWN = 1024;

/** Names of state machines, by the name of the peer. */
export const MACHINE = {
  quality: (path: string, peer: string): string => `quality ${path} to ${peer}`,
  route: (path: string, peer: string): string => `route ${path} to ${peer}`,
  links: (path: string, peer: string): string => `links of ${path} to ${peer}`,
  accused: (path: string, peer: string): string => `accused ${path} to ${peer}`,
  segments: (peer: string): string => `segments to ${peer}`,
  window: (peer: string): string => `window of ${peer}`,
  queue: (peer: string): string => `queue to ${peer}`,
  handshake: (peer: string): string => `handshake with ${peer}`,
};

const QUALITY_NAME = /^quality (\S+) to (.+)$/;
const QUALITY = /^(\w+) (\w+) rtt=(-|\d+us) jitter=(\d+)us loss=([\d.]+)$/;
const LINKS_NAME = /^links of (\S+) to (.+)$/;
const WINDOW_NAME = /^window of (.+)$/;
const WINDOW = /^high=(\d+) epoch=(\d+) size=(\d+) seen=([0-9a-f]+)$/;
const HANDSHAKE_NAME = /^handshake with (.+)$/;
const HANDSHAKE = /^epoch=(\d+) sendings=(\d+)((?: [\w-]+=\d+)*)$/;
const HEX_BITS = 4;

/** Quality of a path as measured by its gateway. */
export interface QualityText {
  readonly health: string;
  readonly role: string;
  /** Smoothed RTT, us; undefined when never measured. */
  readonly rttUs: number | undefined;
  readonly jitterUs: number;
  /** Share of the last 100 probes, 0 to 1. */
  readonly loss: number;
}

/** Writes a text such as `alive active rtt=20012us jitter=3us loss=0.010`. */
export function writeQuality({ health, role, rttUs, jitterUs, loss }: QualityText): string {
  const rtt = rttUs === undefined ? '-' : `${rttUs}us`;
  return `${health} ${role} rtt=${rtt} jitter=${jitterUs}us loss=${loss.toFixed(3)}`;
}

/** Reads {@link writeQuality}. */
export function readQuality(text: string): QualityText | undefined {
  const [, health, role, rtt, jitter, loss] = QUALITY.exec(text) ?? [];
  if (health === undefined || role === undefined || rtt === undefined) return undefined;
  const rttUs = rtt === '-' ? undefined : Number.parseInt(rtt, 10);
  return { health, role, rttUs, jitterUs: Number(jitter), loss: Number(loss) };
}

/** Path and peer from the name of a quality machine. */
export function qualityName(
  machine: string,
): { readonly path: string; readonly peer: string } | undefined {
  const [, path, peer] = QUALITY_NAME.exec(machine) ?? [];
  return path === undefined || peer === undefined ? undefined : { path, peer };
}

/** Path and peer of a `links` machine; its text lists link ids, separated by spaces. */
export function pathLinksName(
  machine: string,
): { readonly path: string; readonly peer: string } | undefined {
  const [, path, peer] = LINKS_NAME.exec(machine) ?? [];
  return path === undefined || peer === undefined ? undefined : { path, peer };
}

/** A replay window as read from its text. */
export interface WindowText {
  /** Highest number accepted in this epoch. */
  readonly highest: number;
  readonly epoch: number;
  /** Size of the whole window, bits. */
  readonly size: number;
  /**
   * Whether `highest - index` was seen, newest first; at most {@link WINDOW_BITS_SHOWN} entries.
   */
  readonly seen: readonly boolean[];
}

/** `high=81204 epoch=1 size=1024 seen=ff7f`: the first bit of the first digit is the highest number. */
export function writeWindow({ highest, epoch, size, seen }: WindowText): string {
  let hex = '';
  for (let at = 0; at < seen.length; at += HEX_BITS) {
    let digit = 0;
    for (let bit = 0; bit < HEX_BITS; bit += 1) digit = 2 * digit + (seen[at + bit] ? 1 : 0);
    hex += digit.toString(16);
  }
  return `high=${highest} epoch=${epoch} size=${size} seen=${hex}`;
}

/** Reads {@link writeWindow}. */
export function readWindow(text: string): WindowText | undefined {
  const [, high, epoch, size, hex] = WINDOW.exec(text) ?? [];
  if (hex === undefined) return undefined;
  const seen = [...hex].flatMap((digit) =>
    Array.from(
      { length: HEX_BITS },
      (_, bit) => ((Number.parseInt(digit, 16) >> (3 - bit)) & 1) === 1,
    ),
  );
  return { highest: Number(high), epoch: Number(epoch), size: Number(size), seen };
}

/** The peer from the name of a window machine. */
export function windowPeer(machine: string): string | undefined {
  return WINDOW_NAME.exec(machine)?.[1];
}

/** The latest handshake with a peer: instants of the run, ns, by step. */
export interface HandshakeText {
  readonly epoch: number;
  /** How often the opening was sent; 0 on the answering side. */
  readonly sendings: number;
  readonly steps: ReadonlyMap<HandshakeStep, number>;
}

/** Writes a text such as `epoch=1 sendings=2 opening-sent=1000 answer-received=24000500`. */
export function writeHandshake({ epoch, sendings, steps }: HandshakeText): string {
  return [
    `epoch=${epoch}`,
    `sendings=${sendings}`,
    ...[...steps].map(([step, atNs]) => `${step}=${atNs}`),
  ].join(' ');
}

/** Reads {@link writeHandshake}. */
export function readHandshake(text: string): HandshakeText | undefined {
  const [, epoch, sendings, rest] = HANDSHAKE.exec(text) ?? [];
  if (rest === undefined) return undefined;
  const steps = new Map<HandshakeStep, number>();
  for (const [, step, atNs] of rest.matchAll(/([\w-]+)=(\d+)/g)) {
    if (isStep(step)) steps.set(step, Number(atNs));
  }
  return { epoch: Number(epoch), sendings: Number(sendings), steps };
}

/** The peer from the name of a handshake machine. */
export function handshakePeer(machine: string): string | undefined {
  return HANDSHAKE_NAME.exec(machine)?.[1];
}

const STEPS: readonly string[] = [
  'opening-sent',
  'opening-received',
  'answer-sent',
  'answer-received',
  'confirmed',
] satisfies readonly HandshakeStep[];

function isStep(word: string | undefined): word is HandshakeStep {
  return word !== undefined && STEPS.includes(word);
}
