import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RequestMethod } from '@nestjs/common';
import { ModulesContainer, Reflector } from '@nestjs/core';
import { Stage } from '../../../../test/support/group-stage.js';
import { OperatorDesk } from '../../../../test/support/operator-desk.js';
import { PERMISSION } from './token.guard.js';

type Listed = readonly [route: string, permission: unknown];

describe('GET /v1/openapi.json', () => {
  let desk: OperatorDesk;
  beforeAll(async () => {
    desk = await OperatorDesk.open(new Stage());
  });
  afterAll(() => desk.close());

  /** What the controllers of the running app say of themselves. */
  const served = (): Listed[] => {
    const reflector = new Reflector();
    const modules = [...desk.app.get(ModulesContainer).values()];
    const controllers = modules.flatMap((module) => [...module.controllers.values()].map(({ metatype }) => metatype));
    return controllers.flatMap((controller) => {
      if (typeof controller !== 'function') return [];
      const prefix = reflector.get<string>('path', controller);
      const handlers = Object.values(Object.getOwnPropertyDescriptors(controller.prototype)).map(({ value }) => value);
      return handlers
        .filter((handler) => typeof handler === 'function' && reflector.get('method', handler) !== undefined)
        .map((handler): Listed => {
          const method = RequestMethod[reflector.get<RequestMethod>('method', handler)]?.toLowerCase();
          const path = `/${prefix}/${reflector.get<string>('path', handler)}`.replace(/\/+/g, '/').replace(/\/$/, '');
          return [`${method} ${path.replace(/:(\w+)/g, '{$1}')}`, reflector.get(PERMISSION, handler)];
        });
    });
  };
  const sorted = (routes: readonly Listed[]): readonly Listed[] => routes.toSorted(([x], [y]) => x.localeCompare(y));

  it('has every route of the app with what it needs, and no other', async () => {
    const { body } = await desk.get('viewer', '/openapi.json');
    const documented = Object.entries<Record<string, Record<string, unknown>>>(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): Listed => [`${method} ${path}`, operation['x-permission']]),
    );
    expect(documented.length).toBeGreaterThan(20);
    expect(sorted(documented)).toEqual(sorted(served()));
  });

  it('stands in docs/openapi.json as it is served; write it with: npm run docs', async () => {
    const { body } = await desk.get('viewer', '/openapi.json');
    expect(JSON.parse(readFileSync('docs/openapi.json', 'utf8'))).toEqual(body);
  });

  it('says what every route answers, and each way in which it may be refused', async () => {
    const { body } = await desk.get('viewer', '/openapi.json');
    const { responses } = body.paths['/v1/groups/{group}/plan'].get;
    expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '404', '409', '429', '503']);
    expect(responses['200'].content).toEqual({
      'application/json': { schema: { $ref: '#/components/schemas/DryRun' } },
    });
    expect(body.components.schemas.DryRun).toMatchObject({ required: ['plan', 'planHash', 'vetoes'] });
    const named = JSON.stringify(body).match(/#\/components\/schemas\/\w+/g) ?? [];
    const known = Object.keys(body.components.schemas).map((name) => `#/components/schemas/${name}`);
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
  });

  it('asks for no token where the body itself says who it is from', async () => {
    const { body } = await desk.get('viewer', '/openapi.json');
    expect(body.security).toEqual([{ token: [] }]);
    const open = Object.entries<Record<string, { security?: unknown }>>(body.paths).filter(
      ([, { post }]) => post?.security !== undefined,
    );
    expect(open.map(([path, { post }]) => [path, post?.security])).toEqual([['/v1/approval-tokens', []]]);
  });

  it('describes a body as it is checked', async () => {
    const { body } = await desk.get('viewer', '/openapi.json');
    const { schema } = body.paths['/v1/groups/{group}/requests'].post.requestBody.content['application/json'];
    expect(schema).toMatchObject({
      type: 'object',
      required: ['kind', 'reason'],
      additionalProperties: false,
      properties: { kind: { enum: ['failover', 'switchover', 'failback', 'reprotect', 'salvage'] } },
    });
    const [, kind] = body.paths['/v1/groups/{group}/plan'].get.parameters;
    expect(kind).toMatchObject({ in: 'query', name: 'kind', schema: { default: 'failover' } });
  });
});
