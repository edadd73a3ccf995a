import { bootstrap } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import { MirrorSwitcherModule } from './mirror-switcher.module.js';

await bootstrap({
  name: 'mirror-switcher',
  module: async ({ configPath, site, process: name }) =>
    MirrorSwitcherModule.register({
      topology: await loadTopology(configPath, site),
      site,
      process: name,
      environment: process.env,
    }),
});
