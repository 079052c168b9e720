/**
 * The parameters and answers of the HTTP routes of a gateway, as schemas. The handler reads
 * parameters with them, the document at `GET /openapi.json` is made from them, and tests check each
 * answer with them.
 *
 * @module
 */
import { z } from 'zod';
import { ANSWERS } from './node-answers.ts';

/** Longest time that a client may wait for packets, ms. */
const WAIT_MS_MAX = 60_000;
const WAIT_MS = 30_000;
/** Largest number of packets in an answer. */
const PACKETS_MAX = 1_000;
const PACKETS = 10;
/** Longest duration of a profile, s. */
const PROFILE_S_MAX = 60;
const PROFILE_S = 10;
const NAME_LENGTH_MAX = 255;

/** Schema of a whole number in a query, in decimal digits. */
function integer(least: number, most: number): z.ZodType<number> {
  const message = `is no number from ${least} to ${most}`;
  const readNumber = (text: unknown): unknown =>
    /^\d{1,9}$/.test(String(text)) ? Number(text) : text;
  return z.preprocess(readNumber, z.int(message).min(least, message).max(most, message));
}

const isdAs = z
  .string('is missing: the ISD-AS of the other gateway')
  .max(NAME_LENGTH_MAX, 'is no ISD-AS');
const text = z.string();
const count = z.int().min(0);
const reasons = z.array(text);

/** Schemas of the bodies of answers, by their names in the OpenAPI document. */
export const ANSWER_BODIES = {
  Sent: z.strictObject({
    packet_id: z.uuid(),
    status: z.literal('success'),
    latency_ms: z.number().min(0),
    destination: text,
    /** Id of the path on which the packet was sent. */
    path_id: text,
    size_bytes: count,
  }),
  Received: z.strictObject({
    packets: z.array(
      z.strictObject({ data: z.base64(), source: text, received_at: z.iso.datetime() }),
    ),
    timeout_ms: count,
    max_packets: count,
  }),
  Paths: z.strictObject({ destination: text, paths: ANSWERS['query-paths'], available: count }),
  Health: z.strictObject({
    status: z.enum(['healthy', 'degraded']),
    scion_connected: z.boolean(),
    active_connections: count,
    uptime_seconds: count,
    reasons,
    /** Problems that do no harm yet. */
    warnings: z.array(text),
  }),
  Ready: z.strictObject({ status: z.enum(['ready', 'not ready']), reasons }),
  /** A profile in the format `.cpuprofile` of Chromium's developer tools. */
  Profile: z.looseObject({
    nodes: z.array(z.looseObject({})),
    startTime: z.number(),
    endTime: z.number(),
  }),
  /** The OpenAPI document of these routes. */
  Document: z.looseObject({ openapi: text, paths: z.record(text, z.looseObject({})) }),
  /** Problem details of an HTTP answer (RFC 9457). */
  Problem: z.strictObject({ type: z.literal('about:blank'), status: z.int(), detail: text }),
} as const;

/** A route: its parameters and its answers. */
export interface RouteContract {
  readonly summary: string;
  readonly parameters: z.ZodObject;
  /** True if the body of its request is a packet. */
  readonly takesPacket?: boolean;
  /** The body of the answer with each status; `none` for an empty one. */
  readonly answers: Readonly<Record<number, keyof typeof ANSWER_BODIES | 'none'>>;
}

/**
 * The answers that every route may give besides its own: for a malformed request, a request of a
 * web page, a request to another host name, and a defect of the server.
 */
const ANSWERS_OF_ALL = { 400: 'Problem', 403: 'Problem', 421: 'Problem', 500: 'Problem' } as const;
const NO_PARAMETERS = z.object({});

/** The routes, by method and path. */
export const ROUTES = {
  'POST /scion/send': {
    summary: 'Sends the body as one packet, at once or not at all',
    parameters: z.object({
      dst: isdAs.describe('The ISD-AS of the other gateway'),
      path: text.max(NAME_LENGTH_MAX).optional().describe('The path that it must take'),
    }),
    takesPacket: true,
    answers: {
      ...{ ...ANSWERS_OF_ALL, 200: 'Sent', 404: 'Problem', 413: 'Problem', 429: 'Problem' },
      ...{ 503: 'Problem', 504: 'Problem' },
    },
  },
  'GET /scion/receive': {
    summary: 'Waits for packets, each of which is given once',
    parameters: z.object({
      timeout: integer(0, WAIT_MS_MAX).default(WAIT_MS).describe('Longest wait, ms'),
      max: integer(1, PACKETS_MAX).default(PACKETS).describe('Largest number of packets'),
    }),
    answers: { ...ANSWERS_OF_ALL, 200: 'Received', 204: 'none', 503: 'Problem' },
  },
  'GET /scion/paths': {
    summary: 'Lists the paths to an AS, the best first',
    parameters: z.object({ dst: isdAs.describe('An ISD-AS') }),
    answers: { ...ANSWERS_OF_ALL, 200: 'Paths', 404: 'Problem', 503: 'Problem', 504: 'Problem' },
  },
  'GET /health': {
    summary: 'Says whether each peer answers, and when certificates end',
    parameters: NO_PARAMETERS,
    answers: { ...ANSWERS_OF_ALL, 200: 'Health', 503: 'Health' },
  },
  'GET /ready': {
    summary: 'Says whether packets can be given: the node runs, and one peer answers',
    parameters: NO_PARAMETERS,
    answers: { ...ANSWERS_OF_ALL, 200: 'Ready', 503: 'Ready' },
  },
  'GET /debug/profile': {
    summary: 'Takes a profile of processor time; 404 unless it is switched on, on loopback only',
    parameters: z.object({
      seconds: integer(1, PROFILE_S_MAX).default(PROFILE_S).describe('How long'),
    }),
    answers: { ...ANSWERS_OF_ALL, 200: 'Profile', 404: 'Problem', 409: 'Problem' },
  },
  'GET /openapi.json': {
    summary: 'This document',
    parameters: NO_PARAMETERS,
    answers: { ...ANSWERS_OF_ALL, 200: 'Document' },
  },
} as const satisfies Readonly<Record<string, RouteContract>>;

/** The name of a route. */
export type RouteName = keyof typeof ROUTES;
/** The parameters of a route, in the form in which its handler gets them. */
export type ParametersOf<Name extends RouteName> = z.output<(typeof ROUTES)[Name]['parameters']>;
