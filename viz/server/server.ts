/**
 * The server of the browser view: it serves the built page, the list of runs, and the files of
 * runs, also in byte ranges. It only reads files; nothing that a client sends is written to disk.
 * By default it listens on the loopback interface.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { limitConnections } from '../../engine/live/faces/connections.ts';
import { LIVE_URL_PATH, type LiveGetResponse } from '../format/live-wire.ts';
import type { LiveCard } from '../format/run-card.ts';
import { RunListAnnouncer } from './announcer.ts';
import { ControlChannel, type ControlHandler } from './control-channel.ts';
import {
  isCrossOriginFetch,
  isLoopback,
  isOpenedOrOwn,
  isSameOriginRequest,
  type ListenAddress,
} from './guard.ts';
import { bodilessResponse, COMMON_HEADERS, fileHeaders, PAGE_CSP_HEADER } from './headers.ts';
import { LiveChannel } from './live-channel.ts';
import type { LiveRun } from './live-run.ts';
import { findRunFile } from './run-file.ts';
import { RunFolder } from './runs.ts';

/**
 * Largest number of connections: enough for several browser windows with six connections each, and
 * their WebSockets.
 */
const CONNECTIONS_MAX = 256;
const HEADERS_MAX = 64;
const REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;
/** A client that reads nothing of its response for this long is disconnected, ms. */
const IDLE_MS = 30_000;
/** Paths that other sites may link to. */
const PAGES: readonly string[] = ['/', '/lab', '/lab/'];

/** The options of the server: what it serves, and on which address. */
export interface VizOptions {
  /** Path of the built page. */
  readonly page: string;
  /** The folder of the runs. */
  readonly runs: string;
  /** Path of the built Lab, asked for when it is first opened; absent if there is none. */
  readonly lab?: () => string;
  readonly host: string;
  /** 0 means any free port. */
  readonly port: number;
  /** The run that this process is executing; absent if it executes none. */
  readonly live?: LiveRun;
  /** Carries out the orders of pages for that run; used only if `host` is a loopback address. */
  readonly control?: ControlHandler;
}

/** A server of the browser view that listens. */
export interface VizServer {
  /** URL of the server; ends with a slash. */
  readonly address: string;
  close(): Promise<void>;
}

/** Starts the server of the browser view. Rejects with the system's error if the port is in use. */
export async function startVizServer(options: VizOptions): Promise<VizServer> {
  const folder = new RunFolder(options.runs);
  let bound: ListenAddress = { host: options.host, port: options.port };
  const app = makeApp(options, folder, () => bound);
  const server = createServer(app);
  server.requestTimeout = REQUEST_MS;
  server.headersTimeout = HEADERS_MS;
  server.maxHeadersCount = HEADERS_MAX;
  server.timeout = IDLE_MS;
  const connections = limitConnections(server, CONNECTIONS_MAX);
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(bodilessResponse('400 Bad Request'));
    else socket.destroy();
  });
  await listening(server, options);
  const { port } = server.address() as AddressInfo;
  bound = { host: options.host, port };
  const live = options.live === undefined ? undefined : new LiveChannel(options.live);
  const isOpen = options.control !== undefined && isLoopback(options.host);
  const control = isOpen ? new ControlChannel(options.control) : undefined;
  const announcer = new RunListAnnouncer({
    ...{ server, connections, runs: options.runs },
    ...{ bound, live, control },
  });
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    address: `http://${name}:${port}/`,
    close: async (): Promise<void> => {
      announcer.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function makeApp(options: VizOptions, folder: RunFolder, bound: () => ListenAddress): Express {
  const { page, lab, live } = options;
  const injected = (): number => options.control?.state.faults.length ?? 0;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use((request, response, next) => {
    setAll(response, COMMON_HEADERS);
    const { host, origin } = request.headers;
    const isForeign =
      !PAGES.includes(request.path) && isCrossOriginFetch(request.headers['sec-fetch-site']);
    if (isSameOriginRequest({ host, origin }, bound()) && !isForeign) next();
    else refuse(response, 403, 'this server answers only its own page');
  });
  app.get(
    '/',
    pageHandler(() => page),
  );
  if (lab !== undefined) app.get('/lab', openedOnly, pageHandler(onlyOnce(lab)));
  app.get('/api/runs', async (_request, response) => {
    response.setHeader('cache-control', 'no-store');
    const { cards, ...rest } = await folder.index();
    const own: readonly LiveCard[] =
      live?.card === undefined ? [] : [{ ...live.card, injected: injected() }];
    response.json({ ...rest, cards: [...own, ...cards], hasLab: lab !== undefined });
  });
  app.get(LIVE_URL_PATH, (_request, response) => {
    response.setHeader('cache-control', 'no-store');
    if (live === undefined) refuse(response, 404, 'no run is in progress here');
    else response.json({ ...live.news, injected: injected() } satisfies LiveGetResponse);
  });
  app.get('/api/runs/*path', (request, response) => sendRunFile(folder, request, response));
  app.use((_request, response) => refuse(response, 404, 'there is nothing here'));
  // Express recognises an error handler by its four parameters.
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    if (response.headersSent) response.destroy();
    else refuse(response, 400, 'this cannot be answered');
  });
  return app;
}

/**
 * Refuses requests by which pages of other sites only embed this one: building the answer may take
 * a minute.
 */
function openedOnly({ headers }: Request, response: Response, next: NextFunction): void {
  if (isOpenedOrOwn(headers['sec-fetch-dest'], headers['sec-fetch-site'])) next();
  else refuse(response, 403, 'this page can only be opened');
}

/** Calls a function at most once; later calls return or throw what it returned or threw. */
function onlyOnce(make: () => string): () => string {
  let again: (() => string) | undefined;
  return () => {
    if (again !== undefined) return again();
    try {
      const made = make();
      again = (): string => made;
    } catch (error) {
      again = (): never => {
        throw error;
      };
    }
    return again();
  };
}

/** Makes the handler that serves a page. The page is read and compressed only once. */
function pageHandler(page: () => string): (request: Request, response: Response) => void {
  let read: { readonly plain: Buffer; readonly packed: Buffer } | undefined;
  return (request, response) => {
    if (read === undefined) {
      const plain = readFileSync(page());
      read = { plain, packed: gzipSync(plain) };
    }
    const { plain, packed } = read;
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', PAGE_CSP_HEADER);
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('vary', 'accept-encoding');
    if (request.acceptsEncodings('gzip') !== 'gzip') return void response.send(plain);
    response.setHeader('content-encoding', 'gzip');
    response.send(packed);
  };
}

async function sendRunFile(folder: RunFolder, request: Request, response: Response): Promise<void> {
  const { path } = request.params as unknown as { readonly path: readonly string[] };
  const file = await findRunFile(folder.root, path);
  if (file === undefined) return refuse(response, 404, 'there is no such file of a run');
  response.setHeader('cache-control', 'no-store');
  setAll(response, fileHeaders(file.name));
  const options = {
    root: file.top,
    dotfiles: 'deny',
    cacheControl: false,
    lastModified: false,
  } as const;
  response.sendFile(file.path, options);
}

function setAll(response: Response, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ error: message });
}

function listening(server: Server, { host, port }: VizOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
