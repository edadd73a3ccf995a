import { bootstrap } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import { SiteGuardModule } from './site-guard.module.js';

await bootstrap({
  name: 'site-guard',
  module: async ({ configPath, site, process: name }) =>
    SiteGuardModule.register({
      topology: await loadTopology(configPath),
      site,
      process: name,
      environment: process.env,
    }),
});
