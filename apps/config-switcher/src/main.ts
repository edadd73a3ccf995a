import { bootstrap } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import { ConfigSwitcherModule } from './config-switcher.module.js';

await bootstrap({
  name: 'config-switcher',
  module: async ({ configPath, site, process: name }) =>
    ConfigSwitcherModule.register({
      topology: await loadTopology(configPath, site),
      site,
      process: name,
      environment: process.env,
    }),
});
