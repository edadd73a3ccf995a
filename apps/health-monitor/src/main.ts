import { bootstrap } from '#libs/runtime';
import { HealthMonitorModule } from './health-monitor.module.js';
import { loadSettings } from './settings.js';

await bootstrap({
  name: 'health-monitor',
  module: async (environment) => HealthMonitorModule.register(await loadSettings(environment)),
});
