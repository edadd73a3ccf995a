/** Values in which everything that has rights of its own at site `a` is named. */
export const NAMED = {
  topology: {
    groups: [
      {
        id: 'orders',
        pattern: 'active-passive',
        home: 'a',
        sites: ['a', 'b'],
        topics: ['orders'],
        configs: [
          {
            id: 'clients',
            target: {
              kind: 'kubernetes',
              sites: {
                a: {
                  targets: [
                    {
                      object: 'ConfigMap',
                      namespace: 'orders',
                      name: 'clients',
                      keys: { 'bootstrap.servers': { as: 'value', setting: 'bootstrap.servers' } },
                      restart: 'annotation',
                      workloads: [{ kind: 'Deployment', name: 'orders' }],
                    },
                    {
                      object: 'Secret',
                      namespace: 'orders',
                      name: 'login',
                      keys: { 'clients.properties': { as: 'properties' } },
                      restart: 'watch-file',
                    },
                  ],
                },
              },
            },
            data: { a: { 'bootstrap.servers': 'kafka.a:9092' }, b: { 'bootstrap.servers': 'kafka.b:9092' } },
          },
        ],
      },
    ],
  },
  rbac: { strimzi: [{ namespace: 'kafka', resource: 'kafkamirrormaker2s', name: 'a-to-b' }] },
} as const;
