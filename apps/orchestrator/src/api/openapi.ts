import { IDEMPOTENCY_KEY } from '#libs/contracts';
import type { Json } from '#libs/domain';
import { z } from 'zod';
import { ROUTES, type Route } from './routes.js';

const JSON_TYPE = 'application/json';

/** The API in OpenAPI 3.1, made from the routes and the schemas that bodies are checked by. Pure. */
export function openApi(routes: readonly Route[] = ROUTES): { readonly [key: string]: Json } {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route);
  return {
    openapi: '3.1.0',
    info: { title: 'Signalbox', version: 'v1', description: 'What people and their tools ask of an orchestrator.' },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token whose SHA-256 is in api.tokens.' },
      },
      schemas: { Error: ERROR },
    },
  };
}

function operationOf(route: Route): Json {
  const { method, path, permission, summary, body, query, status = 200, type = JSON_TYPE } = route;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter('path', name, { type: 'string' }, true)),
    ...(query ? queryParameters(query) : []),
    ...(method === 'post' ? [parameter('header', IDEMPOTENCY_KEY, IDEMPOTENCY, false)] : []),
  ];
  return {
    summary,
    'x-permission': permission,
    parameters,
    ...(body && { requestBody: { required: true, content: { [JSON_TYPE]: { schema: schemaOf(body) } } } }),
    responses: {
      [String(status)]: { description: 'Done.', content: { [type]: {} } },
      default: {
        description: 'Refused.',
        content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

const parameter = (where: string, name: string, schema: Json, required: boolean): Json => ({
  in: where,
  name,
  required,
  schema,
});

const queryParameters = (query: z.ZodObject): Json[] =>
  Object.entries(query.shape).map(([name, schema]) => parameter('query', name, schemaOf(schema as z.ZodType), false));

/** As a client has to send it; the dialect is the document's, so it is not said in each. */
function schemaOf(schema: z.ZodType): Json {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest as Json;
}

const IDEMPOTENCY: Json = { type: 'string', pattern: '^[A-Za-z0-9_.~-]{8,128}$' };
const TEXT: Json = { type: 'string' };
const ERROR: Json = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'remedy'],
      properties: {
        code: TEXT,
        message: TEXT,
        remedy: TEXT,
        vetoes: {
          type: 'array',
          items: { type: 'object', properties: { name: TEXT, message: TEXT, overridable: { type: 'boolean' } } },
        },
      },
    },
  },
};
