import { bootstrap } from '#libs/runtime';
import { loadTopology } from '#libs/topology';
import { attachSlack, NotifierModule } from './notifier.module.js';

await bootstrap({
  name: 'notifier',
  module: async ({ configPath, site, process }) =>
    NotifierModule.register({ topology: await loadTopology(configPath, site), site, process }),
  attach: async (app) => attachSlack(app),
});
