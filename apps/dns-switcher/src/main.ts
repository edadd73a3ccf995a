import { bootstrap } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import { DnsSwitcherModule } from './dns-switcher.module.js';

await bootstrap({
  name: 'dns-switcher',
  module: async ({ configPath, site, process }) =>
    DnsSwitcherModule.register({ topology: await loadTopology(configPath, site), site, process }),
});
