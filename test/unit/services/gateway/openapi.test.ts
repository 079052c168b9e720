/** The routes of a gateway keep to their published document, whatever is asked and whatever the node says. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  ANSWER_BODIES,
  ROUTES,
  type RouteContract,
} from '../../../../services/gateway/http-contract.ts';
import {
  type GatewayServer,
  PacketQueue,
  startGatewayServer,
} from '../../../../services/gateway/index.ts';
import { PATH, PlayedGateway } from './played-gateway.ts';

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly required: boolean }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Record<string, { schema: { $ref: string } }> }>
  >;
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let node: PlayedGateway;
let server: GatewayServer;
let at: string;
let document: OpenApi;
const validator = new Ajv2020({ strict: false, validateFormats: false });

beforeAll(async () => {
  node = new PlayedGateway();
  server = await startGatewayServer({
    ...{ node, queue: new PacketQueue(node), host: '127.0.0.1', port: 0 },
    ...{ packetBytesMax: 64, connectionsMax: 100, idleMs: 5_000 },
  });
  at = `http://127.0.0.1:${server.port}`;
  document = (await (await fetch(`${at}/openapi.json`)).json()) as OpenApi;
  validator.addSchema({ $id: 'gateway', ...document });
});
afterAll(() => server.close());

describe('GET /openapi.json', () => {
  it('is a valid document of OpenAPI 3.1 that has every route', async () => {
    const { valid, errors } = await new Validator().validate({ ...document });
    expect(errors ?? []).toEqual([]);
    expect([valid, document.openapi]).toEqual([true, '3.1.1']);
    const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed).toEqual(Object.keys(ROUTES));
    const named = document.paths['/scion/send']?.['post']?.parameters ?? [];
    expect(named.map(({ name, required }) => `${name} ${required}`)).toEqual([
      ...['dst true', 'path false'],
    ]);
  });
});

/** The body of an answer fits the schema that the document and the contract name for its status. */
async function checkAnswer(route: string, response: Response): Promise<void> {
  const [method = '', path = ''] = route.split(' ');
  const { status } = response;
  const described = document.paths[path]?.[method.toLowerCase()]?.responses[status];
  expect(described, `${route} answered ${status}`).toBeDefined();
  expect(response.headers.get('x-processing-time-us')).toMatch(/^\d+$/);
  const body = await response.text();
  const [type, content] = Object.entries(described?.content ?? {})[0] ?? [null];
  expect(response.headers.get('content-type')).toBe(type);
  const name = (ROUTES as Record<string, RouteContract>)[route]?.answers[status];
  if (content === undefined || name === undefined || name === 'none') {
    expect([body, name]).toEqual(['', 'none']);
    return;
  }
  ANSWER_BODIES[name].parse(JSON.parse(body));
  const { $ref } = content.schema;
  expect(validator.validate(`gateway${$ref}`, JSON.parse(body)), validator.errorsText()).toBe(true);
}

const names = fc.oneof(fc.constantFrom('1-ff00:0:112', '', 'x', 'gateway-112'), fc.string());
const numbers = fc.oneof(fc.nat(3).map(String), fc.string(), fc.constantFrom('-1', '1e1', '99999'));
const parameters = fc.record(
  {
    dst: names,
    path: names,
    max: numbers,
    timeout: fc.oneof(fc.constant('1'), numbers),
    more: fc.string(),
  },
  { requiredKeys: [] },
);
const outcomes = fc.oneof(
  fc.constant('ok'),
  fc.constantFrom(
    ...['unknown-peer', 'bad-question', 'no-path', 'no-path-answers', 'path-unfit', 'node-down'],
    ...['packet-too-large', 'packet-empty', 'overload', 'cancelled', 'replay', 'any other'],
  ),
);
const tunnel = { peer: 'a', isdAs: '1-1', port: 1, state: 'active', paths: 1, reasons: [] };
const TEXTS = {
  'send-now': [PATH],
  'query-paths': [[PATH], [{ ...PATH, quality: undefined, usage: undefined }], []],
  tunnels: [[tunnel], [tunnel, { ...tunnel, state: 'creating', paths: 0 }], []],
};
/** What the node answers: what it should, or anything. */
const answers = fc.record({
  outcome: outcomes,
  choice: fc.nat(2),
  garbage: fc.option(fc.oneof(fc.string(), fc.json()), { freq: 4, nil: undefined }),
});

describe('every answer', () => {
  it.each(Object.keys(ROUTES))(
    'of %s fits the schema that is named for its status',
    async (route) => {
      const [method = '', path = ''] = route.split(' ');
      await fc.assert(
        fc.asyncProperty(
          ...([parameters, answers, fc.uint8Array({ maxLength: 80 }), fc.boolean()] as const),
          async (query, { outcome, choice, garbage }, body, isWebPage) => {
            for (const [kind, texts] of Object.entries(TEXTS)) {
              const text = garbage ?? JSON.stringify(texts[choice % texts.length]);
              node.answers[kind] = { outcome, text };
            }
            node.arrive('1-ff00:0:112', body);
            // Ended at once if nothing is said of it: the usual wait is half a minute.
            const asked = new URLSearchParams({ timeout: '1', ...query });
            if (/^\d{2,}$/.test(asked.get('timeout') ?? '')) asked.set('timeout', '99999');
            const headers = isWebPage && choice === 0 ? { origin: 'https://example.org' } : {};
            const init =
              method === 'POST' ? { method, body: Buffer.from(body), headers } : { headers };
            await checkAnswer(route, await fetch(`${at}${path}?${asked}`, init));
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  it('of a path that is none is a problem', async () => {
    for (const [path, method] of [
      ['/', 'GET'],
      ['/scion/send', 'GET'],
      ['/health', 'DELETE'],
      ['/__proto__', 'GET'],
    ] as const) {
      const response = await fetch(`${at}${path}`, { method });
      expect([404, 405]).toContain(response.status);
      ANSWER_BODIES.Problem.parse(await response.json());
    }
  });
});
