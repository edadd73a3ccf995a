import { ANSWERS, IDEMPOTENCY_KEY, IdempotencyKeyWire, PROBLEM_TYPE, REQUEST_ID } from '#libs/contracts';
import type { Json } from '#libs/domain';
import { z } from 'zod';
import { problemsOf } from './openapi-problems.js';
import { ROUTES, type Route } from './routes.js';

type JsonObject = { readonly [key: string]: Json };

const JSON_TYPE = 'application/json';

/** The API in OpenAPI 3.1, made from the routes and the schemas of what they take and answer. Pure. */
export function openApi(routes: readonly Route[] = ROUTES): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route);
  return {
    openapi: '3.1.0',
    info: { title: 'Signalbox', version: 'v1', description: 'What people and their tools ask of an orchestrator.' },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token of api.tokens, or of the provider of api.oidc.',
        },
      },
      schemas: Object.fromEntries(Object.entries(ANSWERS).map(([name, schema]) => [name, schemaOf(schema)])),
    },
  };
}

/** The document as docs/openapi.json holds it. */
export const openApiText = (): string => `${JSON.stringify(openApi(), null, 2)}\n`;

function operationOf(route: Route): Json {
  const { method, path, permission, summary, body, query } = route;
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter('path', name, ID, true)),
    ...(query ? queryParameters(query) : []),
    ...(method === 'post' ? [parameter('header', IDEMPOTENCY_KEY, schemaOf(IdempotencyKeyWire), false)] : []),
  ];
  return {
    operationId: operationIdOf(route),
    summary,
    'x-permission': permission,
    // Its body proves who signed it: it takes no other login.
    ...(permission === 'signature' && { security: [] }),
    parameters,
    ...(body && {
      requestBody: { required: !canBeLeftOut(body), content: { [JSON_TYPE]: { schema: schemaOf(body) } } },
    }),
    responses: { ...done(route), ...problemResponses(route) },
  };
}

/** No body at all is read as an empty one. */
const canBeLeftOut = (body: z.ZodType): boolean => body.safeParse({}).success;

/** `postGroupsGroupFreeze` */
const operationIdOf = ({ method, path }: Route): string =>
  method + path.replace('/v1', '').replaceAll(/[^A-Za-z]+([A-Za-z]?)/g, (_, letter: string) => letter.toUpperCase());

const done = ({ status = 200, answer, type = JSON_TYPE }: Route): JsonObject => ({
  [String(status)]: {
    description: 'Done.',
    headers: HEADERS,
    content: { [type]: answer ? { schema: { $ref: `#/components/schemas/${answer}` } } : {} },
  },
});

const problemResponses = (route: Route): JsonObject =>
  Object.fromEntries(
    problemsOf(route).map(([status, description]) => [
      status,
      {
        description,
        headers: HEADERS,
        content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    ]),
  );

const parameter = (where: string, name: string, schema: Json, required: boolean): Json => ({
  in: where,
  name,
  required,
  schema,
});

const queryParameters = (query: z.ZodObject): Json[] =>
  Object.entries(query.shape).map(([name, schema]) => {
    const isRequired = !(schema as z.ZodType).safeParse(undefined).success;
    return parameter('query', name, schemaOf(schema as z.ZodType), isRequired);
  });

/** As it stands in JSON; the dialect is the document's, so it is not said in each. */
function schemaOf(schema: z.ZodType): Json {
  const { $schema, $defs, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return withoutCycles(rest as Json);
}

/** The only schema that contains itself is that of any JSON: `{}` says the same, and the document needs no more names. */
function withoutCycles(json: Json): Json {
  if (Array.isArray(json)) return json.map((each: Json) => withoutCycles(each));
  if (typeof json !== 'object' || json === null) return json;
  if ('$ref' in json) return {};
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, withoutCycles(value)]));
}

const ID: Json = { type: 'string', minLength: 1 };
const HEADERS: Json = {
  [REQUEST_ID]: { description: 'What the request is called in the log and in the audit.', schema: { type: 'string' } },
};
