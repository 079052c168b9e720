/**
 * Describes the HTTP routes of a gateway as a document of OpenAPI 3.1 (spec.openapis.org/oas/v3.1.1), made from their
 * schemas.
 *
 * @module
 */
import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { ANSWER_BODIES, ROUTES, type RouteContract } from './http-contract.ts';

const OPENAPI_VERSION = '3.1.1';
/** Version of the routes; the first number changes when clients have to be changed. */
const ROUTES_VERSION = '1.0.0';
/** Statuses after which a client may try again. */
const WITH_RETRY = ['429', '503'];

/** Makes the document. */
export function makeOpenApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries<RouteContract>(ROUTES)) {
    const [method = '', path = ''] = name.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(route) };
  }
  const bodies = Object.entries(ANSWER_BODIES).map(([name, body]) => [name, jsonSchemaOf(body)]);
  return {
    openapi: OPENAPI_VERSION,
    info: { title: 'Gateway for applications', version: ROUTES_VERSION },
    paths,
    components: { schemas: Object.fromEntries(bodies) },
  };
}

function operationOf({ summary, parameters, takesPacket, answers }: RouteContract): object {
  const packet = { 'application/octet-stream': {} };
  return {
    summary,
    parameters: Object.entries(parameters.shape).map(([name, schema]) => parameterOf(name, schema)),
    ...(takesPacket === true ? { requestBody: { required: true, content: packet } } : {}),
    responses: Object.fromEntries(
      Object.entries(answers).map(([status, body]) => [status, responseOf(status, body)]),
    ),
  };
}

function parameterOf(name: string, type: z.core.$ZodType): object {
  const { description, ...schema } = jsonSchemaOf(type);
  const required = !z.safeParse(type, undefined).success;
  return { name, in: 'query', required, description, schema };
}

function responseOf(status: string, body: string): object {
  const type = body === 'Problem' ? 'application/problem+json' : 'application/json';
  const content = { [type]: { schema: { $ref: `#/components/schemas/${body}` } } };
  const number = { schema: { type: 'integer', minimum: 0 } };
  return {
    description: STATUS_CODES[status] ?? status,
    headers: {
      'X-Processing-Time-Us': number,
      ...(WITH_RETRY.includes(status) && body === 'Problem' ? { 'Retry-After': number } : {}),
    },
    ...(body === 'none' ? {} : { content }),
  };
}

/** A schema as JSON Schema 2020-12, the dialect that OpenAPI 3.1 uses. */
function jsonSchemaOf(type: z.core.$ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(type) as Record<string, unknown>;
  return schema;
}
