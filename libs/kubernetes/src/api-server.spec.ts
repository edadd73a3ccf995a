import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/runtime';
import { InMemoryApiServer } from '../../../test/support/kubernetes/in-memory-api-server.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { ApiServer } from './api-server.js';

const COLLECTION = '/api/v1/namespaces/orders/configmaps';
const PATH = `${COLLECTION}/clients`;
const several = <T>(count: number, act: () => Promise<T>) => Promise.all(Array.from({ length: count }, act));
const soon = () => AbortSignal.timeout(10_000);

describe(ApiServer.name, () => {
  let server: InMemoryApiServer;
  let loads = 0;
  let clock: VirtualClock;
  let api: ApiServer;
  beforeEach(async () => {
    server = await InMemoryApiServer.start();
    server.put({ kind: 'ConfigMap', metadata: { name: 'clients', namespace: 'orders' } });
    loads = 0;
    clock = new VirtualClock();
    const load = async () => {
      loads += 1;
      await new SystemClock().sleep(20);
      return { server: server.url };
    };
    api = new ApiServer(load, clock, { callTimeoutMs: 10_000 });
  });
  afterEach(async () => {
    await api.close();
    await server.down();
  });

  const readByMany = () => several(40, () => api.read('the map', PATH, soon()));
  /** They wait for no place; over HTTP/1.1, as here, each has a connection. */
  const watchBySome = () => several(4, () => api.watch('maps', COLLECTION, soon(), {})[Symbol.asyncIterator]().next());

  it('loads its credentials once for all who come first', async () => {
    await Promise.all([watchBySome(), readByMany()]);
    expect(loads).toBe(1);
  });

  it('loads them again once for all who come when they are old', async () => {
    await readByMany();
    await clock.advance(60_001);
    await readByMany();
    expect(loads).toBe(2);
  });
});
